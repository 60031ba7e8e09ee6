import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personaSchema, readPersonaText } from '../../src/lib/assembly/persona-file.ts';
import { loadPersona, shownPersona } from '../../src/lib/assembly/personas.ts';
import { settingsIn } from '../../src/lib/config/walk.ts';
import { personaText } from '../../src/lib/setup/persona/persona-text.ts';
import type { Effect } from '../../src/lib/smtp/effect.ts';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { occasions, rareOccasions, type Manners, type Persona } from '../../src/lib/smtp/persona.ts';
import { smtp } from '../../src/lib/smtp/verbs.ts';
import { newSession, Player } from '../support/dialogue.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const builtIn = new Map([postfix, exim].map((persona) => [persona.name, persona]));

function read(text: string): Persona {
  return readPersonaText({ shown: 'mine.yml', text }, builtIn);
}

function file(text: string): string {
  const path = join(temporaryDirectory(), 'mine.yml');
  writeFileSync(path, text);
  return path;
}

describe('what is shown of a persona', () => {
  it.each([postfix, exim])('is $name in every field when it is loaded again', (persona) => {
    const path = file(shownPersona(persona.name));
    expect(loadPersona(path)).toStrictEqual(persona);
    // And is the same when it is shown once more, from a file.
    expect(loadPersona(file(shownPersona(path)))).toStrictEqual(persona);
  });

  it.each([postfix, exim])('holds all manners of $name, not those of what it extends alone', (persona) => {
    const other = persona === postfix ? exim : postfix;
    const text = personaText(persona, other);
    expect(read(text)).toStrictEqual({ ...persona, grammar: other.grammar });
  });

  it('is any persona that there may be', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(postfix, exim),
        mannersOfAnybody,
        anyReplies,
        fc.boolean(),
        (base, manners, own, isBare) => {
          const replies = { ...base.replies, ...own };
          for (const name of rareOccasions) if (replies[name] === 'none') delete replies[name];
          const persona: Persona = {
            ...base,
            name: 'mine',
            features: isBare ? [] : ['HELP', 'X  Y'],
            replies,
            manners,
          };
          expect(read(personaText(persona, base))).toStrictEqual(persona);
        },
      ),
    );
  });
});

const occasion = fc.constantFrom(...occasions, ...rareOccasions);
const verbs = fc.uniqueArray(fc.constantFrom(...smtp.verbs.keys()), { minLength: 1, maxLength: 4 });
const words = fc.stringMatching(/^[ -~\t]{0,20}$/);
const reply = fc
  .tuple(fc.integer({ min: 200, max: 599 }), fc.array(words, { maxLength: 2 }), fc.option(words))
  .map(([code, lines, last]) =>
    [...lines.map((line) => `${code}-${line}`), last === null ? code : `${code} ${last}`].join('\n'),
  );
const anyReplies = fc
  .dictionary(fc.constantFrom('unknown', 'noop', 'help', 'vrfy', 'rcpt'), reply)
  .map((own) => ('help' in own ? own : { ...own, help: 'none' }));
const limit = fc.integer({ min: 1, max: 1000 });
const ms = fc.integer({ min: 1, max: 10 ** 8 });
const mannersOfAnybody: fc.Arbitrary<Manners> = fc.record(
  {
    refusals: limit,
    tallies: fc.array(
      fc.record(
        {
          of: fc.uniqueArray(occasion, { minLength: 1, maxLength: 3 }),
          limit,
          last: fc.oneof(reply, fc.constantFrom('{reply}', '{continued}\n{code} That is enough')),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
    slow: fc.record({ after: fc.nat(100), ms }, { noNullPrototype: true }),
    late: fc.dictionary(occasion, ms, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
    junk: fc.record(
      { commands: verbs, onceFree: fc.array(verbs, { minLength: 1, maxLength: 3 }), limit, last: reply },
      { requiredKeys: ['commands', 'limit'], noNullPrototype: true },
    ),
    inTurn: verbs,
    line: fc.record(
      { most: fc.integer({ min: 512, max: 10 ** 6 }), beyond: fc.constantFrom('cut', 'refused') },
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: ['tallies', 'line'], noNullPrototype: true },
);

describe('the manners of a file', () => {
  it('are those of the persona that it extends, but for what it says', () => {
    const text = `
extends: postfix
manners:
  refusals: none
  slowBy: 3s
  late: {greeting: 6s, authFailed: 0s}
  tallies:
    - {of: [unknown, rcptUnknown], limit: 2, last: "421 {host} Enough"}
  junk: {limit: 5, last: 554 Bye}
  inTurn: [DATA]
  line: {beyond: refused}
`;
    expect(read(text).manners).toStrictEqual({
      tallies: [{ of: ['unknown', 'rcptUnknown'], limit: 2, last: '421 {host} Enough' }],
      slow: { after: 10, ms: 3000 },
      late: { greeting: 6000 },
      junk: { ...postfix.manners.junk, limit: 5, last: '554 Bye' },
      inTurn: ['DATA'],
      line: { most: 2048, beyond: 'refused' },
    });
  });

  it('may be none at all', () => {
    const none = 'extends: exim\nmanners: {tallies: none, junk: {limit: none}, inTurn: none}';
    expect(read(none).manners).toStrictEqual({ tallies: [], line: exim.manners.line });
    const { slow: _, ...unhurried } = postfix.manners;
    expect(read('manners: {slowAfter: none}').manners).toStrictEqual(unhurried);
  });

  it.each([
    ['slowAfter: 3', { after: 3, ms: 1000 }],
    ['slowBy: 250ms', { after: 10, ms: 250 }],
  ])('make it slow with half a word: %s', (text, slow) => {
    expect(read(`extends: exim\nmanners: {${text}}`).manners.slow).toEqual(slow);
  });

  it.each([
    ['late: {^greting: 1s}', /manners\.late\.greting: unknown key; did you mean greeting\?$/],
    ['late: {greeting: ^soon}', /manners\.late\.greeting: "soon" is not valid; write a duration such as/],
    ['tallies: [{of: [^unknwn], limit: 4, last: 500 x}]', /manners\.tallies: "unknwn" .*; did you mean unknown\?$/],
    ['tallies: [{of: unknown, limit: ^0, last: 500 x}]', /manners\.tallies: "0" is not valid/],
    ['tallies: [{of: unknown, limit: 1, last: ^x}]', /manners\.tallies: "x" is not valid; write a reply such as/],
    [
      'tallies: [^{of: unknown, limit: 1}]',
      /manners\.tallies: .*; write the keys of, limit and last; missing is last$/,
    ],
    ['junk: {commands: [^NOP]}', /manners\.junk\.commands: "NOP" is not valid; .*; did you mean NOOP\?$/],
    ['junk: {onceFree: [[HELO, ^X]]}', /manners\.junk\.onceFree: "X" is not valid/],
    ['inTurn: [^1]', /manners\.inTurn: "1" is not valid/],
    ['line: {beyond: ^cutt}', /manners\.line\.beyond: "cutt" .*; write cut or refused; did you mean cut\?$/],
    ['line: {most: ^3}', /manners\.line\.most: "3" is not valid; .* at least 512 B$/],
    ['refusals: ^-1', /manners\.refusals: "-1" is not valid; write a whole number of at least 1, or none$/],
  ])('are refused where they are wrong, by line and column: %s', (text, words) => {
    const place = `^mine\\.yml:2:${'  '.length + text.indexOf('^') + 1}: `;
    expect(() => read(`manners:\n  ${text.replace('^', '')}\n`)).toThrow(new RegExp(place + words.source));
  });
});

it('the example in docs/personas.md is a persona, and has every key', () => {
  const text = readFileSync(new URL('../../docs/personas.md', import.meta.url), 'utf8');
  const example = /```yaml\n(.*?)```/s.exec(text)![1]!;
  const { manners, features } = read(example);
  const written = new Set<string | undefined>([...example.matchAll(/^ *(?:- )?(\w+):/gm)].map(([, key]) => key));
  const keys = settingsIn(personaSchema).map(({ key }) => key.split('.'));
  const named = keys.filter((path) => !path.includes('replies') && !path.includes('late'));
  expect(named.map((path) => path.at(-1)).filter((key) => !written.has(key))).toEqual([]);
  expect(features).toEqual(['PIPELINING', 'SIZE {size}', 'STARTTLS', 'AUTH {mechanisms}', '8BITMIME']);
  expect(manners.tallies[1]).toEqual({
    of: ['mailSyntax', 'rcptSyntax'],
    limit: 4,
    last: '{continued}\n{code} Too many syntax errors',
  });
});

describe('a session of such a persona', () => {
  const waits = (effects: readonly Effect[]) => effects.map((effect) => (effect.do === 'wait' ? effect.ms : effect.do));
  const bytes = (line: string) => Buffer.from(`${line}\r\n`);

  it('is late where the file says so: at the greeting, at EHLO, at an error', () => {
    const persona = read('manners: {late: {greeting: 6s, ehlo: 2s, unknown: 1s}}');
    const session = newSession({}, { persona });
    expect(waits(session.greet())).toEqual([6000, 'reply']);
    expect(waits(session.receive(bytes('EHLO x')))).toEqual([2000, 'reply']);
    expect(waits(session.receive(bytes('NOOP')))).toEqual(['reply']);
    expect(waits(session.receive(bytes('FROB')))).toEqual([1000, 'reply']);
  });

  it('ends where the file says so', () => {
    const text = [
      'extends: exim',
      'manners:',
      '  tallies:',
      '    - {of: [rcptNeedsMail], limit: 2, last: "{continued}\\n{code} Go away"}',
      '  junk: {commands: [NOOP], onceFree: none, limit: 1, last: "421 {host} Enough of this"}',
    ].join('\n');
    const rcpt = 'RCPT TO:<a@b>\r\n';
    const first = new Player(newSession({}, { persona: read(text) }));
    expect(first.send(`EHLO x\r\n${rcpt}${rcpt}NOOP\r\n`).slice(-3)).toEqual([
      '503 sender not yet given',
      '503-sender not yet given',
      '503 Go away',
    ]);
    expect(first.closed).toBe(true);
    const second = new Player(newSession({}, { persona: read(text) }));
    expect(second.send('NOOP\r\nNOOP\r\nNOOP\r\n')).toEqual(['250 OK', '421 mail.example.test Enough of this']);
    expect(second.closed).toBe(true);
  });

  it('has no features where the file says none, and codes alone', () => {
    const persona = read('features: none\nreplies: {ehlo: "250 {host}", noop: 250, rset: "250 a\\tb"}');
    const player = new Player(newSession({}, { persona }));
    expect(player.send('EHLO x\r\nNOOP\r\nRSET\r\n')).toEqual(['250 mail.example.test', '250', '250 a\tb']);
  });
});
