import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { peerBytes, peerText } from '../../src/lib/text/peer-text.ts';
import { printable, printableWithin } from '../../src/lib/text/printable.ts';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/lib/text/units.ts';
import { nearest } from '../../src/lib/text/nearest.ts';

describe('peer text', () => {
  it('gives the exact bytes back, also through JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array);
        expect(peerBytes(peerText(bytes)).equals(bytes)).toBe(true);
        expect(peerBytes(JSON.parse(JSON.stringify(peerText(bytes))) as string).equals(bytes)).toBe(true);
      }),
    );
  });

  it('is the text itself where the bytes are UTF-8', () => {
    expect(peerText(Buffer.from('Grüße ✉ 𝒳'))).toBe('Grüße ✉ 𝒳');
  });
});

/** What a terminal acts on, or what deceives a reader. */
const forbidden = /[\p{Cc}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

describe('printable text', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', '\\e[31mred\\e[0m'],
    ['\x1b]52;c;aGk=\x07', '\\e]52;c;aGk=\\x07'],
    ['\x9b2J', '\\x9b2J'],
    ['\x90payload\x9c', '\\x90payload\\x9c'],
    ['a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['\u202egpj.exe', '\\u202egpj.exe'],
    ['pay\u200bpal', 'pay\\u200bpal'],
    ['\udcff\udc80', '\\xff\\x80'],
    ['Grüße ✉ 日本', 'Grüße ✉ 日本'],
    [`e${'\u0301'.repeat(500)}`, `e${'\u0301'.repeat(4)}…`],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('never holds anything active, whatever it is made from', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((a) => peerText(Buffer.from(a))),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(printable(text)).not.toMatch(forbidden);
      }),
    );
  });

  it('is cut to columns, not to characters, and never through a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        expect(stringWidth(printableWithin(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
    expect(printableWithin('日本語テキスト', 7)).toBe('日本語…');
    expect(printableWithin('short', 7)).toBe('short');
  });

  it('looks at no more of a huge word than can be shown', () => {
    expect(printableWithin('\x1b'.repeat(10_000_000), 20)).toBe(`${'\\e'.repeat(9)}\\…`);
  });
});

describe('units', () => {
  it.each([
    ['10 GiB', 10 * 2 ** 30],
    ['512k', 512 * 1024],
    ['1.5 MiB', 1.5 * 2 ** 20],
    ['1000', 1000],
    ['10 parsecs', undefined],
    ['', undefined],
  ])('reads the size %j', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each([
    ['7d', 7 * 864e5],
    ['250ms', 250],
    ['1.5h', 54e5],
    ['5', undefined],
  ])('reads the duration %j', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it('writes what people read', () => {
    expect([0, 1023, 1536, 5 * 2 ** 30].map(formatSize)).toEqual(['0 B', '1023 B', '1.5 KiB', '5 GiB']);
    expect([250, 90_000, 7 * 864e5].map(formatDuration)).toEqual(['250ms', '1.5m', '7d']);
  });
});

describe('the nearest word', () => {
  it('is what was meant', () => {
    expect(nearest('prot', ['port', 'bind'])).toBe('port');
    expect(nearest('hostnmae', ['hostname', 'limits'])).toBe('hostname');
    expect(nearest('zebra', ['port', 'bind'])).toBeUndefined();
  });
});
