import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { pythonBytes, pythonText } from '../../src/lib/text/python-literal.ts';
import { quotedPrintable } from '../../src/lib/text/quoted-printable.ts';
import { table } from '../../src/lib/text/table.ts';
import { localDay, localTime } from '../../src/lib/text/time.ts';

const anything = fc.string({ unit: 'binary', maxLength: 300 });

function fromQuotedPrintable(text: string): string {
  const joined = text.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');
  const bytes = joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

describe('quoted-printable', () => {
  it('gives the text back, in short lines of seven bits, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.string({ unit: fc.constantFrom(' ', '=', '\n', 'ü', 'a'.repeat(40)) })),
        (text) => {
          const encoded = quotedPrintable(text);
          expect(fromQuotedPrintable(encoded)).toBe(text);
          for (const line of encoded.split('\r\n')) expect(line).toMatch(/^[\x20-\x7e]{0,76}$/);
          expect(encoded).not.toMatch(/ (?:\r\n|$)/);
        },
      ),
    );
  });
});

describe('a Python literal', () => {
  const decoded = (literal: string) =>
    JSON.parse(
      `"${literal
        .replace(/^b?['"]|['"]$/g, '')
        .replaceAll(/\\(U[0-9a-f]{8}|u[0-9a-f]{4}|x[0-9a-f]{2}|[tnr'"\\])|"/g, (all, escape: string | undefined) => {
          if (escape === undefined || escape === '"') return '\\"';
          if (escape === "'") return "'";
          const code = Number.parseInt(escape.slice(1), 16);
          if (!/^[Uux]/.test(escape)) return all;
          return JSON.stringify(String.fromCodePoint(code)).slice(1, -1);
        })}"`,
    ) as string;

  it('is ASCII without controls, and means the text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const literal = pythonText(text, 100_000);
        expect(literal).toMatch(/^(?:'[\x20-\x7e]*'|"[\x20-\x7e]*")$/);
        expect(decoded(literal)).toBe(text);
        expect(Buffer.from(decoded(pythonBytes(text, 100_000)), 'latin1').toString('utf8')).toBe(
          Buffer.from(text, 'utf8').toString('utf8'),
        );
      }),
    );
  });

  it('is no longer than it may be, and never ends within an escape', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 60 }), (text, most) => {
        const literal = pythonText(text, most);
        expect(literal.length).toBeLessThanOrEqual(most + 5);
        if (literal.length < pythonText(text, 100_000).length) expect(literal).toMatch(/\.\.\.['"]$/);
        expect(() => decoded(literal)).not.toThrow();
      }),
    );
  });
});

describe('a table', () => {
  it('has its columns under each other, counted in columns of a terminal', () => {
    const lines = table(
      [
        ['1', '日本', 'x'],
        ['1,000', 'a', 'y'],
        ['20', '', ''],
      ],
      ['right', 'left', 'left'],
    );
    expect(lines).toEqual(['    1  日本  x', '1,000  a     y', '   20']);
    expect(stringWidth(lines[0]!)).toBe(stringWidth(lines[1]!));
  });

  it('may be empty', () => {
    expect(table([], ['left'])).toEqual([]);
  });
});

describe('local time', () => {
  it('is what the clock at the wall shows', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
    expect(localDay(at)).toBe('2026-01-02');
    expect(localTime(at)).toBe('2026-01-02T03:04:05.006000');
  });
});
