import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Persona } from '../../src/lib/smtp/persona.ts';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { newSession } from '../support/dialogue.ts';
import { bytes, latin1, runs, seedsOf } from '../support/hostile-fuzz.ts';
import { StrictPlayer } from '../support/hostile-session.ts';
import { peerBytes } from '../../src/lib/text/peer-text.ts';

/** What follows MAIL and RCPT: whole paths, parts of some, and what nobody would write. */
const path: Arbitrary<string> = fc
  .array(
    fc.oneof(
      {
        weight: 10,
        arbitrary: fc.constantFrom(
          '<',
          '>',
          '@',
          '"',
          '\\',
          ' ',
          '\t',
          ':',
          ',',
          '%',
          '!',
          'a',
          'b.c',
          '[192.0.2.1]',
          '\r',
          '\0',
          '=',
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          ' SIZE=1',
          ' BODY=8BITMIME',
          ' NOTIFY=NEVER',
          ' ORCPT=rfc822;a',
          ' X',
          '\xc3\xa4',
          '\xa0',
          '\xe2\x80\xa8',
        ),
      },
      { weight: 1, arbitrary: bytes(10) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join('').replaceAll('\n', ''));

/** Both as sender and as recipient; what is taken is what was given. */
function isKeptAsGiven(persona: Persona, text: string): void {
  const player = new StrictPlayer(newSession({}, { persona }));
  const line = latin1(`MAIL FROM:${text}\r\n`);
  player.receive(latin1('EHLO me.example\r\n'));
  player.receive(line);
  if (!player.finals.at(-1)!.startsWith('250')) player.receive(latin1('MAIL FROM:<a@b>\r\n'));
  player.receive(latin1(`RCPT TO:${text}\r\n`));
  if (!player.finals.at(-1)!.startsWith('250')) player.receive(latin1('RCPT TO:<c@d>\r\n'));
  player.receive(latin1('DATA\r\n'));
  player.receive(latin1('.\r\n'));
  const [message] = player.messages;
  if (message === undefined) throw new Error(`no message: ${player.said}`);
  for (const address of [message.from, ...message.to]) {
    if (address === 'a@b' || address === 'c@d') continue;
    expect(line.includes(peerBytes(address))).toBe(true);
    expect(address).not.toContain('\n');
  }
}

describe.each([postfix, exim])('an address that is given to $name', (persona) => {
  it.each(seedsOf('path'))('is kept as it was given, or refused: %j', (seed) => isKeptAsGiven(persona, seed));

  it('is kept as it was given, or refused', () => {
    fc.assert(
      fc.property(path, (text) => isKeptAsGiven(persona, text)),
      { numRuns: runs(2_000) },
    );
  });
});
