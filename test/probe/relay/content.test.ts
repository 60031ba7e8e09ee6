import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dotStuffed, firstUnfitByte } from '../../../src/lib/probe/relay/line-ends.ts';
import { prepareContent, type PreparedContent, type Repair } from '../../../src/lib/probe/relay/prepare-content.ts';
import { DataReader } from '../../../src/lib/smtp/data-reader.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const means = (repairs: readonly Repair[] = []) => ({
  repairs,
  heloName: 'trap.example.org',
  now: () => Date.UTC(2026, 0, 2, 12),
  randomInt: () => 35,
});

function prepared(text: string, repairs: readonly Repair[] = []): PreparedContent {
  const preparation = prepareContent(latin1(text), means(repairs));
  if (preparation.is === 'refused') throw new Error(preparation.why);
  return preparation;
}

const sent = (text: string, repairs: readonly Repair[] = []) => prepared(text, repairs).bytes.toString('latin1');

describe('content', () => {
  it('is sent as it is, to the byte', () => {
    const text = `Subject: \xe4\xff\x80\r\n\r\n${Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
      .join('')
      .replaceAll(/[\0\r\n]/g, '')}\r\n.\r\n..\r\n\r\n`;
    expect(sent(text)).toBe(text);
    expect(prepared(text)).toMatchObject({
      isEightBit: true,
      changes: [],
      sha256: createHash('sha256').update(latin1(text)).digest('hex'),
    });
    expect(prepared('a: b\r\n').isEightBit).toBe(false);
  });

  it.each([
    ['a\rb\r\n', 'a bare CR at byte 2'],
    ['a\nb\r\n', 'a bare LF at byte 2'],
    ['a\r\n\n', 'a bare LF at byte 4'],
    ['\n', 'a bare LF at byte 1'],
    ['a\r', 'a bare CR at byte 2'],
    ['a\r\r\n', 'a bare CR at byte 2'],
    ['a\0b\r\n', 'a NUL at byte 2'],
    ['a\0\n', 'a NUL at byte 2'],
    ['a\n\0', 'a bare LF at byte 2'],
    ['a\r\n.\n', 'a bare LF at byte 5'],
    ['a\n.\r\nMAIL FROM:<x@example.test>\r\n', 'a bare LF at byte 2'],
  ])('is refused when it is %j', (text, why) => {
    expect(prepareContent(latin1(text), means())).toEqual({ is: 'refused', why: `the message has ${why}` });
  });

  it('gets an end for its last line, and nothing else does', () => {
    expect(sent('a: b\r\n\r\nc')).toBe('a: b\r\n\r\nc\r\n');
    expect(prepared('c').changes).toEqual(['the last line was ended']);
    expect(sent('')).toBe('');
    expect(sent('\r\n')).toBe('\r\n');
  });

  it('loses what this program has written above it, and only there', () => {
    const own = 'X-Spamtrap-Id: 1\r\nx-SPAMTRAP-session : 2\r\n\tand more\r\n';
    const message = 'Subject: a\r\nX-Spamtrap-Id: 3\r\n\r\nX-Spamtrap-Id: 4\r\n';
    expect(sent(own + message)).toBe(message);
    expect(prepared(own + message).changes).toEqual([
      `the first ${own.length} bytes were left out: X-Spamtrap headers`,
    ]);
    expect(sent(message)).toBe(message);
    expect(sent(`\r\n${own}`)).toBe(`\r\n${own}`);
    expect(sent('X-Spamtrap-Id\r\n\r\n')).toBe('X-Spamtrap-Id\r\n\r\n');
    expect(sent('X-Spamtrapped: a\r\n')).toBe('X-Spamtrapped: a\r\n');
    expect(sent('X-Spamtrap-Id: a')).toBe('');
  });

  it.each([
    'X-RcptTo',
    'X-MailFrom',
    'X-Peer',
    'X-Relay-Sendmail-Date',
    'X-Relay-Sendmail-Sent',
    'X-Relay-Sendmail-Quit',
    'X-UID',
    'Return-Path',
    'Received',
  ])('keeps %s, which is the sender’s own', (name) => {
    const text = `${name}: victim@example.net\r\nSubject: a\r\n\r\nb\r\n`;
    expect(sent(text)).toBe(text);
  });

  it('is given a Date and a Message-ID only where that is wanted and they are missing', () => {
    const text = 'Subject: a\r\n\r\nDate: no header\r\n';
    const date = 'Date: Fri, 02 Jan 2026 12:00:00 +0000\r\n';
    const id = `Message-ID: <${Date.UTC(2026, 0, 2, 12).toString(36)}.z@trap.example.org>\r\n`;
    expect(sent(text)).toBe(text);
    expect(sent(text, ['date'])).toBe(date + text);
    expect(sent(text, ['message-id', 'date'])).toBe(id + date + text);
    expect(prepared(text, ['date', 'message-id']).changes).toEqual(['a Message-ID was added', 'a Date was added']);
    const complete = 'message-id : <a@b>\r\nDATE:\r\n now\r\n\r\n';
    expect(sent(complete, ['date', 'message-id'])).toBe(complete);
    expect(sent(`X-Spamtrap-Id: 1\r\n${text}`, ['date'])).toBe(date + text);
  });

  it('of very many header lines is read in linear time', () => {
    const text = latin1('X-Spamtrap-A:\r\n'.repeat(200_000));
    const started = performance.now();
    expect(prepareContent(text, means(['date'])).is).toBe('content');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

/** Lines with all that matters at their beginnings and ends. */
const piece = fc.constantFrom('\r\n', '\r\n', '.', '..', 'a', '\xff', '\r', '\n', '\0', ' ', 'b: c', '\r\n.\r\n');
const anyContent = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

describe('whatever the content', () => {
  it('a byte is unfit exactly when it is NUL, or a CR or LF without the other', () => {
    fc.assert(
      fc.property(anyContent, (text) => {
        const first = /\0|\r(?!\n)|(?<!\r)\n/.exec(text);
        expect(firstUnfitByte(latin1(text))?.at).toBe(first?.index);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a reader of DATA gets back exactly what was sent, and nothing of it ends the message', () => {
    fc.assert(
      fc.property(anyContent, (text) => {
        const preparation = prepareContent(latin1(text.replaceAll(/\0|\r(?!\n)|(?<!\r)\n/g, '')), means());
        if (preparation.is === 'refused') throw new Error(preparation.why);
        const wire = Buffer.concat([dotStuffed(preparation.bytes), latin1('.\r\nNEXT')]);
        const got: Buffer[] = [];
        const end = new DataReader().read(wire, 0, (content) => got.push(content));
        expect(end).toBe(wire.length - 'NEXT'.length);
        expect(Buffer.concat(got).toString('latin1')).toBe(preparation.bytes.toString('latin1'));
      }),
      { numRuns: 2_000 },
    );
  });
});
