import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  longestLine,
  NoReply,
  ReplyReader,
  type ReplyPart,
  type ReplyShape,
} from '../../../src/lib/mailbox/pop3/reply-reader.ts';

/** What is read of bytes that come in these chunks; the pieces of each body as one. */
function readAll(chunks: readonly Buffer[], shapes: readonly ReplyShape[]): unknown[] {
  const reader = new ReplyReader();
  for (const shape of shapes) reader.expect(shape);
  const parts: ReplyPart[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let part = reader.next(); part; part = reader.next()) parts.push(part);
  }
  return joined(parts);
}

function joined(parts: readonly ReplyPart[]): unknown[] {
  const found: unknown[] = [];
  let body = '';
  for (const part of parts) {
    if (part.kind === 'piece') body += part.bytes.toString('latin1');
    else if (part.kind === 'end') {
      found.push(body);
      body = '';
    } else found.push(part);
  }
  return found;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

/** As a server sends it (RFC 1939, section 3). */
function dotted(content: string): Buffer {
  return Buffer.from(`+OK\r\n${content.replace(/(^|\r\n)\./g, '$1..')}.\r\n`, 'latin1');
}

const positive = { kind: 'status', ok: true, code: undefined, text: '' };
// Of these it consists what a reader could take for something else.
const content = fc
  .array(fc.constantFrom('.', '..', '\r', '\n', '\r\n', '\r\n.', '\r\n.\r\n', '\0', '\xe9', '\xff', 'a', '+OK'))
  .map((pieces) => `${pieces.join('')}\r\n`);
const places = fc.array(fc.nat(), { maxLength: 40 });

describe('replies', () => {
  it('have the content that was sent, wherever the chunks end', () => {
    fc.assert(
      fc.property(content, content, places, (one, other, at) => {
        const bytes = Buffer.concat([dotted(one), dotted(other), Buffer.from('+OK bye\r\n')]);
        const bye = { ...positive, text: 'bye' };
        expect(readAll(cut(bytes, at), ['lines', 'lines', 'one line'])).toEqual([positive, one, positive, other, bye]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('have the same content byte by byte', () => {
    fc.assert(
      fc.property(content, (one) => {
        const bytes = dotted(one);
        const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
        expect(readAll(single, ['lines'])).toEqual([positive, one]);
      }),
    );
  });

  it('may have nothing behind the status', () => {
    expect(readAll([Buffer.from('+OK\r\n.\r\n')], ['lines'])).toEqual([positive, '']);
  });

  it('have nothing behind a negative status', () => {
    const refused = { kind: 'status', ok: false, code: undefined, text: 'no such message' };
    const bytes = Buffer.from('-ERR no such message\r\n+OK\r\n');
    expect(readAll([bytes], ['lines', 'one line'])).toEqual([refused, positive]);
  });

  it.each([
    ['-ERR [AUTH] no', { ok: false, code: 'AUTH', text: 'no' }],
    ['-err [sys/temp] later', { ok: false, code: 'SYS/TEMP', text: 'later' }],
    ['-ERR [IN-USE]', { ok: false, code: 'IN-USE', text: '' }],
    ['-ERR no [AUTH] here', { ok: false, code: undefined, text: 'no [AUTH] here' }],
    ['+OK  two', { ok: true, code: undefined, text: 'two' }],
    ['+OK', { ok: true, code: undefined, text: '' }],
  ])('have the status of %j', (line, status) => {
    expect(readAll([Buffer.from(`${line}\r\n`)], ['one line'])).toEqual([{ kind: 'status', ...status }]);
  });

  it('may have questions before them in an exchange, and nowhere else', () => {
    const bytes = Buffer.from('+ eyJ9\r\n+\r\n-ERR\r\n');
    expect(readAll([bytes], ['exchange'])).toEqual([
      { kind: 'question', text: 'eyJ9' },
      { kind: 'question', text: '' },
      { ...positive, ok: false },
    ]);
    expect(() => readAll([bytes], ['one line'])).toThrow(NoReply);
  });

  it.each(['', 'OK', '+OKAY', '* OK IMAP4rev1', '220 mail.example.test ESMTP'])('are not lines like %j', (line) => {
    expect(() => readAll([Buffer.from(`${line}\r\n`)], ['one line'])).toThrow(NoReply);
  });

  it('are not read when nobody expects them', () => {
    expect(readAll([Buffer.from('+OK\r\n+OK\r\n')], ['one line'])).toEqual([positive]);
  });

  it('are given up when the status line has no end', () => {
    const text = 'x'.repeat(longestLine - 4);
    expect(readAll([Buffer.from(`+OK ${text}\r\n`)], ['one line'])).toEqual([{ ...positive, text }]);
    expect(() => readAll([Buffer.from(`+OK ${text}x\r\n`)], ['one line'])).toThrow(NoReply);
    expect(() => readAll([Buffer.from(`+OK ${text}x`)], ['one line'])).toThrow(NoReply);
  });
});

describe('a message', () => {
  it('is passed on before its end, however long its line is', () => {
    const reader = new ReplyReader();
    reader.expect('lines');
    reader.push(Buffer.from('+OK\r\n'));
    expect(reader.next()).toEqual(positive);
    const chunk = Buffer.alloc(2 * longestLine, 'x');
    for (let count = 0; count < 3; count++) {
      reader.push(chunk);
      expect(reader.next()).toEqual({ kind: 'piece', bytes: chunk });
      expect(reader.hasMore).toBe(false);
    }
    expect(reader.isOwed).toBe(true);
    reader.push(Buffer.from('\r\n.\r\n'));
    expect(reader.next()).toEqual({ kind: 'piece', bytes: Buffer.from('\r\n') });
    expect(reader.next()).toEqual({ kind: 'end' });
    expect(reader.isOwed).toBe(false);
  });
});
