import { describe, expect, it } from 'vitest';
import { draftManners } from '../../src/lib/setup/persona/draft-manners.ts';
import type { Endurance } from '../../src/lib/setup/persona/endurance.ts';
import type { Manners } from '../../src/lib/smtp/persona.ts';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { startFake } from './fake-server.ts';
import { record, recordFake } from './recording.ts';

describe('what is measured', () => {
  it('is a greeting and an error that come late', async () => {
    // Each second is a fifth of one.
    const timing = { now: () => 5 * performance.now(), patience: 30_000 };
    const { persona, text } = await recordFake(
      { greetingAfter: 200, after: (line, count) => (count === 3 && /^RCPT TO:<\S+\.net>$/.test(line) ? 300 : 0) },
      { timing },
    );
    const base = persona.name === 'exim' ? exim : postfix;
    expect(persona.manners.late).toEqual({ ...base.manners.late, greeting: 1000, rcptUnknown: 1500 });
    expect(text).toMatch(/^# {3}manners\.late\.greeting: \d{3,4} ms, where most took \d+ ms$/m);
  });

  it('is nothing where one reply is late by chance', async () => {
    let count = 0;
    const { persona } = await recordFake({ after: (line) => (line === 'NOOP' && count++ === 0 ? 800 : 0) });
    const base = persona.name === 'exim' ? exim : postfix;
    expect(persona.manners.late).toEqual(base.manners.late);
  });

  it('is how many refused commands it bears, and when it becomes slow', async () => {
    const server = await startFake({
      ends: { after: 7, saying: '421 fake.example.org Enough of you' },
      after: (line, count) => (line === 'FROBNICATE' && count > 4 ? 700 : 0),
    });
    const { persona, text } = await record(server.port);
    expect(persona.manners).toMatchObject({ refusals: 7, slow: { after: 3, ms: 500 } });
    expect(persona.replies.tooManyErrors).toBe('421 {host} Enough of you');
    expect(text).toContain('it ended the session after 7 refused commands in a row.');
  });

  it('is an end without words', async () => {
    const { persona } = await recordFake({ ends: { after: 5, saying: undefined } });
    expect(persona.manners).toMatchObject({
      refusals: 5,
      tallies: expect.arrayContaining([{ of: ['unknown'], limit: 5, last: '{reply}' }]) as unknown,
    });
  });

  it('is no end within thirty commands', async () => {
    const server = await startFake();
    const { persona, text } = await record(server.port);
    expect(persona.manners.refusals).toBeUndefined();
    expect(persona.manners.tallies.filter(({ of }) => of.includes('unknown'))).toEqual([]);
    expect(persona.manners.slow).toBeUndefined();
    expect(text).toContain('it bore 29 refused commands in a row');
    expect(Math.max(...server.sessions.map((lines) => lines.filter((line) => line !== 'QUIT').length))).toBe(30);
  });
});

describe('the end of a session', () => {
  const end = (endurance: Endurance, base: Manners) => draftManners({ ...nothing, endurance }, base).manners;
  const nothing = { learned: [], greetings: [1], replies: [1] };
  const usual = '500 What?';

  it('is not written down where the base ends likewise', () => {
    const slow = { after: 10, ms: 1000 };
    expect(end({ refused: 20, usual, slow, end: { by: 'farewell', text: '421 Bye' } }, postfix.manners)).toEqual({});
    const last = '500 Too many unrecognized commands';
    expect(end({ refused: 4, usual, end: { by: 'lastReply', text: last } }, exim.manners)).toEqual({});
  });

  it('takes the place of what the base does', () => {
    const [, ...others] = exim.manners.tallies;
    expect(end({ refused: 29, usual }, exim.manners)).toEqual({ refusals: 'none', tallies: others });
    const farewell = { by: 'farewell', text: '421 Bye' } as const;
    expect(end({ refused: 4, usual, end: farewell }, exim.manners)).toEqual({ refusals: 4, tallies: others });
    const words = { by: 'lastReply', text: '500 Off' } as const;
    const tallies = [{ of: ['unknown'], limit: 25, last: '500 Off' }];
    // The base would have had enough before that.
    expect(end({ refused: 25, usual, end: words, slow: postfix.manners.slow! }, postfix.manners)).toEqual({
      refusals: 'none',
      tallies,
    });
    expect(end({ refused: 4, usual, end: words }, exim.manners)).toEqual({
      tallies: [{ ...tallies[0], limit: 4 }, ...others],
    });
  });

  it('may come too early to tell whether it would have been slow', () => {
    const farewell = { by: 'farewell', text: '421 Bye' } as const;
    expect(end({ refused: 12, usual, end: farewell }, postfix.manners)).toEqual({ refusals: 12 });
    expect(end({ refused: 13, usual, end: farewell }, postfix.manners)).toEqual({ refusals: 13, slowAfter: 'none' });
  });
});
