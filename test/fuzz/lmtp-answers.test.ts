import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/lib/smtp/effect.ts';
import { lmtpServer } from '../../src/lib/smtp/personas/lmtp.ts';
import { lmtp } from '../../src/lib/smtp/verbs.ts';
import { newSession } from '../support/dialogue.ts';
import { latin1, runs } from '../support/hostile-fuzz.ts';
import { StrictPlayer } from '../support/hostile-session.ts';

interface Delivery {
  readonly recipients: readonly string[];
  readonly content: string;
  /** Sizes of the chunks it comes in, as parts of 100; with none of them it comes with DATA. */
  readonly chunks: readonly number[];
  readonly settlement: Settlement;
  readonly messageSize: number;
  readonly contentLine: number | undefined;
  readonly errors: number | undefined;
}

const delivery = fc.record<Delivery>({
  recipients: fc.array(fc.constantFrom('<a@b>', '<A@B>', '<c@elsewhere>', '<bad addr@x>', '<d@e>', '<>'), {
    minLength: 1,
    maxLength: 8,
  }),
  content: fc
    .array(fc.constantFrom('line\r\n', '..\r\n', 'x'.repeat(30), '\r\n'), { maxLength: 8 })
    .map((parts) => parts.join('')),
  chunks: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }),
  settlement: fc.constantFrom<Settlement>(
    { kept: true, queueId: 'Q' },
    { kept: false, why: 'full' },
    { kept: false, why: 'failed' },
  ),
  messageSize: fc.constantFrom(20, 100, 10_000),
  contentLine: fc.constantFrom(undefined, 25),
  errors: fc.constantFrom(undefined, 3, 6, 20),
});

function inSession({ messageSize, contentLine, errors }: Delivery): StrictPlayer {
  const takes = (recipient: string) => !recipient.endsWith('elsewhere');
  const limits = { messageSize, contentLine, errors };
  const player = new StrictPlayer(newSession(limits, { persona: lmtpServer, dialect: lmtp, takes }));
  say(player, 'LHLO client\r\nMAIL FROM:<>\r\n');
  return player;
}

/** The last lines of the replies to this. */
function say(player: StrictPlayer, text: string): readonly string[] {
  const before = player.finals.length;
  player.receive(latin1(text));
  return player.finals.slice(before);
}

const codes = (replies: readonly string[]) => replies.map((reply) => reply.slice(0, 3));

describe('the end of a message by LMTP', () => {
  it('is answered once for each recipient that was accepted, whatever becomes of the message', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        const player = inSession(given);
        const accepted = given.recipients.filter(
          (recipient) => codes(say(player, `RCPT TO:${recipient}\r\n`))[0] === '250',
        ).length;
        if (player.isClosed || accepted === 0) return;
        if (codes(say(player, 'DATA\r\n'))[0] !== '354') throw new Error('DATA is refused');
        const replies = [...say(player, `${given.content.replaceAll('\n.', '\n..')}\r\n.\r\n`)];
        if (player.owed === 'settlement') {
          const before = player.finals.length;
          player.settle(given.settlement);
          replies.push(...player.finals.slice(before));
        }
        // A last word to the session, if there is one, belongs to no recipient.
        expect(replies.filter((reply) => !reply.startsWith('421'))).toHaveLength(accepted);
        expect(replies.filter((reply) => reply.startsWith('421'))).toHaveLength(player.isClosed ? 1 : 0);
        if (!player.isClosed) expect(codes(say(player, 'NOOP\r\n'))).toEqual(['250']);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('is answered once for each recipient also when it came in chunks', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        const player = inSession({ ...given, errors: undefined });
        const accepted = given.recipients.filter(
          (recipient) => codes(say(player, `RCPT TO:${recipient}\r\n`))[0] === '250',
        ).length;
        if (accepted === 0) return;
        for (const size of given.chunks) {
          // What is refused before its end is refused as one command.
          const replies = say(player, `BDAT ${size}\r\n${'x'.repeat(size)}`);
          expect(replies).toHaveLength(1);
          if (!replies[0]!.startsWith('250')) return;
        }
        const replies = [...say(player, `BDAT ${given.content.length} LAST\r\n${given.content}`)];
        if (player.owed === 'settlement') {
          const before = player.finals.length;
          player.settle(given.settlement);
          replies.push(...player.finals.slice(before));
        }
        expect(replies).toHaveLength(accepted);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
