import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chunk } from '../../src/lib/smtp/chunk.ts';
import { DataReader } from '../../src/lib/smtp/data-reader.ts';
import { MessageContent } from '../../src/lib/smtp/message-content.ts';
import { bytes, cut, latin1, places, runs, seedsOf } from '../support/hostile-fuzz.ts';

const troublesome: Arbitrary<string> = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom('\r', '\n', '.', '\r\n', '\r\n.', '\r\n.\r', '\n.\n', '\r\n..', 'a', '\0', '\xff'),
      },
      { weight: 1, arbitrary: bytes(20) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

const every = (text: string) => Array.from({ length: text.length }, (_, index) => index);
const generous = { commandLine: 512, commands: 1, recipients: 1, envelope: 1e9, messageSize: 1e9, messages: 1 };

interface Outcome {
  readonly content: string;
  readonly rest: string | undefined;
}

function readData(pieces: readonly string[]): Outcome {
  const reader = new DataReader();
  let content = '';
  for (const [index, piece] of pieces.entries()) {
    const end = reader.read(latin1(piece), 0, (bytes) => (content += bytes.toString('latin1')));
    if (end >= 0) return { content, rest: piece.slice(end) + pieces.slice(index + 1).join('') };
  }
  return { content, rest: undefined };
}

/** Only CRLF.CRLF ends it, and the beginning counts as the end of a line: with all bytes at hand, and no state. */
function readNaively(text: string): Outcome {
  const end = `\r\n${text}`.indexOf('\r\n.\r\n');
  const wire = end < 0 ? text : text.slice(0, end);
  const content = `\r\n${wire}`.replaceAll('\r\n.', '\r\n').slice(2);
  return { content, rest: end < 0 ? undefined : text.slice(end + 3) };
}

describe('the data reader', () => {
  it.each(seedsOf('data'))('agrees with the rule about %j, at every cut', (seed) => {
    for (const places of [[], every(seed), ...every(seed).map((place) => [place])]) {
      expect(readData(cut(seed, places))).toEqual(readNaively(seed));
    }
  });

  it('agrees with the rule, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(troublesome, places, (text, places) => {
        // A CR at the very end may still be held back, so the end is there.
        const whole = `${text}x\r\n.\r\nQUIT\r\n`;
        expect(readData(cut(whole, places))).toEqual(readNaively(whole));
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('gives back what a sender has made of any content', () => {
    fc.assert(
      fc.property(troublesome, places, (text, places) => {
        const content = `${text}\r\n`;
        const wire = `${`\r\n${content}`.replaceAll('\r\n.', '\r\n..').slice(2)}.\r\nNOOP`;
        expect(readData(cut(wire, places))).toEqual({ content, rest: 'NOOP' });
      }),
      { numRuns: runs(3_000) },
    );
  });
});

describe('the chunk reader', () => {
  it('takes as many bytes as were announced, whatever they are and wherever they are cut', () => {
    fc.assert(
      fc.property(bytes(60), fc.nat(60), places, (text, size, places) => {
        const chunk = new Chunk(size, true);
        let content = '';
        let rest = '';
        for (const piece of cut(text, places)) {
          const end = chunk.read(latin1(piece), 0, (bytes) => (content += bytes.toString('latin1')));
          rest += piece.slice(end);
        }
        expect({ content, rest }).toEqual({ content: text.slice(0, size), rest: text.slice(size) });
        expect(chunk.isComplete).toBe(text.length >= size);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it.each(seedsOf('chunk-size'))('reads the size %j as a whole number, or not at all', (seed) => {
    isWholeOrNothing(seed);
  });

  it('reads any size as a whole number, or not at all', () => {
    const digits = fc.stringMatching(/^[0-9]{0,20}$/);
    const words = fc.oneof(
      digits,
      digits.map((size) => `${size} LAST`),
      bytes(12),
    );
    fc.assert(fc.property(words, isWholeOrNothing), { numRuns: runs(3_000) });
  });
});

function isWholeOrNothing(text: string): void {
  const chunk = Chunk.parse(text);
  const [, digits, last] = /^(\d+)(?:[ \t]+(LAST))?$/i.exec(text) ?? [];
  if (chunk === undefined) {
    // What is refused is no size, or none that anybody could send.
    expect(digits === undefined || digits.length > 15).toBe(true);
    return;
  }
  expect(Number.isSafeInteger(chunk.size)).toBe(true);
  expect(BigInt(chunk.size)).toBe(BigInt(digits!));
  expect(chunk.isLast).toBe(last !== undefined);
}

describe('what is noticed of a content', () => {
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const traitsOf = (text: string) => ({ bareCr: count(text, /\r(?!\n)/g), bareLf: count(text, /(?<!\r)\n/g) });

  function look(pieces: readonly string[], limits = {}): MessageContent {
    const content = new MessageContent({ ...generous, ...limits });
    for (const piece of pieces) content.take(latin1(piece));
    return content;
  }

  it.each(seedsOf('data'))('are its bare line ends, of %j at every cut', (seed) => {
    for (const places of [[], every(seed), ...every(seed).map((place) => [place])]) {
      expect(look(cut(seed, places)).traits).toEqual(traitsOf(seed));
    }
  });

  it('are its bare line ends, wherever it is cut', () => {
    fc.assert(
      fc.property(troublesome, places, (text, places) => {
        expect(look(cut(text, places)).traits).toEqual(traitsOf(text));
      }),
      { numRuns: runs(3_000) },
    );
  });

  /** Without their line ends: LF, with or without a CR before it. */
  const linesOf = (text: string) =>
    text.split('\n').map((line, index, all) => (index < all.length - 1 ? line.replace(/\r$/, '') : line));

  it('is a line that is too long, wherever it is cut', () => {
    fc.assert(
      fc.property(troublesome, fc.integer({ min: 1, max: 20 }), places, (text, contentLine, places) => {
        const whole = `${text}\r\n`;
        const longest = Math.max(...linesOf(whole).map((line) => line.length));
        const { overrun } = look(cut(whole, places), { contentLine });
        expect(overrun).toBe(longest > contentLine ? 'contentLine' : undefined);
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('is a header that is too long, wherever it is cut', () => {
    fc.assert(
      fc.property(troublesome, fc.integer({ min: 1, max: 60 }), places, (text, header, places) => {
        const whole = `${text}\r\n`;
        // With the empty line that ends it; without one, all of it is header.
        const end = /^\r?\n|\n\r?\n/.exec(whole);
        const length = end ? end.index + end[0].length : whole.length;
        const { overrun } = look(cut(whole, places), { header });
        expect(overrun).toBe(length > header ? 'header' : undefined);
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('is a size that is too large, wherever it is cut', () => {
    fc.assert(
      fc.property(troublesome, fc.integer({ min: 1, max: 60 }), places, (text, messageSize, places) => {
        expect(look(cut(text, places), { messageSize }).overrun).toBe(
          text.length > messageSize ? 'messageSize' : undefined,
        );
      }),
      { numRuns: runs(2_000) },
    );
  });
});
