import { onTheWire } from '../support/smtp-client.ts';

/** A message that somebody may send to break things: what goes over the wire, and what has to be kept of it. */
export interface Hostile {
  readonly wire: Buffer;
  readonly content: Buffer;
}

const KiB = 2 ** 10;
const MiB = 2 ** 20;

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const headers = 'Subject: hostile\r\n\r\n';

/** Sent as a client does that knows the protocol. */
function proper(content: Buffer | string): Hostile {
  const bytes = typeof content === 'string' ? latin1(content) : content;
  return { wire: onTheWire(bytes), content: bytes };
}

/** Sent as it stands, up to the end that this adds. */
function raw(wire: string, content: string): Hostile {
  return { wire: latin1(`${wire}\r\n.\r\n`), content: latin1(content) };
}

function ofLength(length: number): Hostile {
  const lines = Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(Math.ceil(length / 72)));
  return proper(Buffer.concat([lines.subarray(0, length - 2), Buffer.from('\r\n')]));
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

export const hostile: Readonly<Record<string, Hostile>> = {
  'no bytes at all': proper(''),
  'an empty line': proper('\r\n'),
  'no header': proper('\r\nbody\r\n'),
  'no body': proper('Subject: x\r\n'),
  'no end of its last line but the one that ends it all': raw(`${headers}end`, `${headers}end\r\n`),
  NUL: proper('Subject: a\0b\r\n\r\n\0\0\0\r\n'),
  'bare CR': proper(`${headers}one\rtwo\r\rthree\r\r\n`),
  'bare LF': proper(`${headers}one\ntwo\n\nthree\n\r\n`),
  'every byte there is': proper(Buffer.concat([latin1(headers), everyByte, everyByte, latin1('\r\n')])),
  'bytes that are almost UTF-8': proper(`${headers}\xc3\xa4 \xed\xa0\x80 \xc0\xaf \xf5\x80\x80\x80 \xef\xbb\xbf\r\n`),
  'UTF-8 that JSON and terminals take for something else': proper(
    Buffer.from(`${headers}\u2028\u2029\ufeff\u202e\u0085"\\\b\u{1f4a9}\r\n`, 'utf8'),
  ),
  'the facts that stand above a message': proper(
    `X-Spamtrap-Id: 00000000000000000000000000\r\nX-Spamtrap-Sha256: ${'0'.repeat(64)} of the last 1 bytes\r\n\r\n`,
  ),
  'the beginning of a record of the journal': proper(`STJR\x01\x02${'\0'.repeat(58)}STJR\r\n`),

  'a line of one dot': proper('.\r\n'),
  'a line of two dots': proper('..\r\n'),
  'dots in all places': proper(`.\r\n..\r\n.a\r\na.\r\n \r\n.\r\n\r\n..\r\n${'.'.repeat(1000)}\r\n.\r\n`),
  'a dot that its client did not double': raw('.one\r\n..two', 'one\r\n.two\r\n'),
  'a dot and a bare CR': raw('.\rone\r\n.\r\rtwo', '\rone\r\n\r\rtwo\r\n'),
  'a dot and a bare LF': raw('one\r\n.\ntwo', 'one\r\n\ntwo\r\n'),
  'an end with bare LF, and a smuggled message': raw(
    'one\n.\nMAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\ntwo',
    'one\n.\nMAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\ntwo\r\n',
  ),
  'an end that begins with a bare LF': raw('one\n.\r\ntwo', 'one\n.\r\ntwo\r\n'),
  'an end that begins with a bare CR': raw('one\r.\r\ntwo', 'one\r.\r\ntwo\r\n'),
  'an end of bare CR': raw('one\r.\rtwo', 'one\r.\rtwo\r\n'),

  // What a socket hands over at once has 64 KiB: the end falls before, on and behind that edge.
  ...Object.fromEntries([-4, -3, -2, -1, 0, 1].map((more) => [`64 KiB and ${more} bytes`, ofLength(64 * KiB + more)])),
  // From 1 MiB on a message goes to a file of its own.
  ...Object.fromEntries([-1, 0, 1].map((more) => [`1 MiB and ${more} bytes`, ofLength(MiB + more)])),
  'a line of 10 MiB': proper(`${headers}${'x'.repeat(10 * MiB)}\r\n`),
  '100,000 headers': proper(
    `${Array.from({ length: 100_000 }, (_, index) => `X-Header-${index}: ${index}`).join('\r\n')}\r\n\r\n`,
  ),
};
