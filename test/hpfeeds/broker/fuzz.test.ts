import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversation, type Refusal, type Surface } from '../../../src/lib/hpfeeds/broker/conversation.ts';
import { decodeFrame } from '../../../src/lib/hpfeeds/wire/decode.ts';
import { encodeFrame } from '../../../src/lib/hpfeeds/wire/encode.ts';
import { FrameReader } from '../../../src/lib/hpfeeds/wire/frame-reader.ts';
import { type Frame, WireError } from '../../../src/lib/hpfeeds/wire/frame.ts';
import { limitsWith } from '../../../src/lib/hpfeeds/wire/limits.ts';
import { authDigest } from '../../../src/lib/hpfeeds/wire/secret.ts';
import { TestUsers, user } from '../scene.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 1_000);
const nonce = Buffer.alloc(4, 9);
const users = new TestUsers(user('ann', ['a', 'b'], ['a']), user('bob', [], ['a', 'b']));

/** What a conversation did, one line for each thing. */
class Record implements Surface<string> {
  readonly lines: string[] = [];

  say(bytes: Buffer): void {
    this.lines.push(`say ${bytes[4]}`);
  }

  refuse({ category }: Refusal): void {
    this.lines.push(`refuse ${category}`);
  }

  welcome(): undefined {
    this.lines.push('welcome');
  }

  subscribe(channel: string): void {
    this.lines.push(`subscribe ${channel}`);
  }

  unsubscribe(channel: string): void {
    this.lines.push(`unsubscribe ${channel}`);
  }

  route(channel: string): string {
    return channel;
  }

  publish(route: string, frame: Buffer): void {
    const { payload } = decodeFrame({ operation: 'publish', bytes: frame }) as Extract<Frame, { payload: Buffer }>;
    this.lines.push(`publish ${route} ${payload.toString('hex')}`);
  }
}

function converse(bytes: Buffer): string[] {
  const record = new Record();
  const conversation = new Conversation({ name: 'x', nonce, now: 0, users }, record);
  conversation.begin();
  try {
    new FrameReader(limitsWith(2 ** 20)).read(bytes, (frame) => conversation.take(frame));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    conversation.fail(error);
  }
  return record.lines;
}

/** The rules once more, in as few words as they need. */
function expected(frames: readonly Frame[]): string[] {
  const lines = ['say 1'];
  let ident: string | undefined;
  const subscribed = new Set<string>();
  for (const frame of frames) {
    const refuse = (category: string) => [...lines, `refuse ${category}`];
    if (ident === undefined) {
      if (frame.operation !== 'auth') return refuse('invalid-first-message');
      const known = users.find(frame.ident);
      if (!known) return refuse('invalid-ident');
      if (!frame.digest.equals(authDigest(nonce, known.secret))) return refuse('invalid-secret');
      ident = frame.ident;
      lines.push('welcome');
      continue;
    }
    const { publishes, subscribes } = users.find(ident)!;
    const own = `trap.echo.${ident}`;
    if (frame.operation === 'publish') {
      if (frame.ident !== ident) return refuse('ident-mismatch-pub');
      const receipts = frame.channel === 'trap.receipts' && subscribes.size > 0;
      if (!publishes.has(frame.channel) && frame.channel !== own && !receipts) return refuse('no-pub-permission');
      lines.push(`publish ${frame.channel} ${frame.payload.toString('hex')}`);
    } else if (frame.operation === 'subscribe') {
      const receipts = frame.channel === 'trap.receipts' && publishes.size > 0;
      if (!subscribes.has(frame.channel) && frame.channel !== own && !receipts) return refuse('no-sub-permission');
      if (!subscribed.has(frame.channel)) lines.push(`subscribe ${frame.channel}`);
      subscribed.add(frame.channel);
    } else if (frame.operation === 'unsubscribe') {
      if (subscribed.delete(frame.channel)) lines.push(`unsubscribe ${frame.channel}`);
    } else return refuse('protocol-error');
  }
  return lines;
}

const ident = fc.constantFrom('ann', 'ann', 'ann', 'bob', 'eve', '');
const channel = fc.constantFrom('a', 'a', 'b', 'c', '', 'trap.receipts', 'trap.echo.ann', 'trap.echo.bob');
const payload = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes));
const auth = fc
  .tuple(ident, fc.constantFrom("ann's", "ann's", "bob's", 'wrong'))
  .map(([name, secret]): Frame => ({ operation: 'auth', ident: name, digest: authDigest(nonce, secret) }));
const later: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ operation: fc.constant('publish' as const), ident, channel, payload }) },
  { weight: 4, arbitrary: fc.record({ operation: fc.constantFrom('subscribe', 'unsubscribe'), ident, channel }) },
  { weight: 1, arbitrary: auth },
  { weight: 1, arbitrary: fc.record({ operation: fc.constant('error' as const), text: fc.string() }) },
);
const frames = fc.oneof(
  fc.tuple(auth, fc.array(later)).map(([first, rest]) => [first, ...rest]),
  fc.array(later),
);

describe('a conversation of the broker', () => {
  it('does what the rules say, whatever frames come', () => {
    fc.assert(
      fc.property(frames, (said) => {
        expect(converse(Buffer.concat(said.map((frame) => encodeFrame(frame))))).toEqual(expected(said));
      }),
      { numRuns: runs },
    );
  });

  it('ends in words, or waits for more, whatever bytes come', () => {
    const hello = encodeFrame({ operation: 'auth', ident: 'ann', digest: authDigest(nonce, "ann's") });
    const tail = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    const nearly = fc.tuple(frames, fc.nat(), fc.nat(255)).map(([said, at, byte]) => {
      const bytes = Buffer.concat(said.map((frame) => encodeFrame(frame)));
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(tail, nearly), fc.boolean(), (bytes, isKnown) => {
        const lines = converse(isKnown ? Buffer.concat([hello, bytes]) : bytes);
        // Nothing happens after somebody was told to go.
        const refusal = lines.findIndex((line) => line.startsWith('refuse'));
        expect(refusal === -1 || refusal === lines.length - 1).toBe(true);
      }),
      { numRuns: runs },
    );
  });
});
