import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataReader } from '../../src/lib/smtp/data-reader.ts';

interface Outcome {
  readonly content: string;
  /** What follows the message, or undefined when it did not end. */
  readonly rest: string | undefined;
}

function readIn(chunks: readonly string[]): Outcome {
  const reader = new DataReader();
  const taken: Buffer[] = [];
  for (const [index, text] of chunks.entries()) {
    const chunk = Buffer.from(text, 'latin1');
    const end = reader.read(chunk, 0, (content) => taken.push(content));
    if (end >= 0) {
      const rest = chunk.toString('latin1', end) + chunks.slice(index + 1).join('');
      return { content: Buffer.concat(taken).toString('latin1'), rest };
    }
  }
  return { content: Buffer.concat(taken).toString('latin1'), rest: undefined };
}

/** The rule as RFC 5321 4.5.2 says it, line by line, with all the bytes at hand. */
function readAtOnce(text: string): Outcome {
  let content = '';
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return { content: content + text.slice(at).replace(/^\./, ''), rest: undefined };
    const line = text.slice(at, end);
    if (line === '.') return { content, rest: text.slice(end + 2) };
    content += `${line.replace(/^\./, '')}\r\n`;
    at = end + 2;
  }
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

const troublesome = fc
  .array(fc.constantFrom('\r', '\n', '.', '\r\n', '\r\n.', '\r\n.\r\n', '\n.\n', '\r\n..', 'a', 'bc', '\0', '\xff'))
  .map((parts) => parts.join(''));

describe('the data reader', () => {
  it('agrees with the rule, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(troublesome, fc.array(fc.nat(200), { maxLength: 12 }), (text, places) => {
        // The end is put there, so that a CR that was held back at the end has shown what it was.
        const whole = `${text}x\r\n.\r\nQUIT\r\n`;
        expect(readIn(cut(whole, places))).toEqual(readAtOnce(whole));
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives the same whatever single byte boundary is chosen', () => {
    const whole = '..a\r\n.b\r\n\r\n...\r\r\n.\r\r\n\r\n.\r\nREST';
    const chunks = whole.split('');
    expect(readIn(chunks)).toEqual(readAtOnce(whole));
  });

  // The endings with which mail is smuggled past servers that take them for the end of a message.
  it.each([
    '\n.\n',
    '\r.\r',
    '\n.\r\n',
    '\r\n.\n',
    '\r\n.\r',
    '\r.\r\n',
    '\n\n.\r\n',
    '\r\n\0.\r\n',
    '\r\n.\0\r\n',
    '\r\n..\r\n',
    '\r\n. \r\n',
  ])('does not end a message at %j', (ending) => {
    const { rest } = readIn([`one${ending}MAIL FROM:<smuggler@example.org>\r\n`]);
    expect(rest).toBeUndefined();
  });

  it('takes an empty message', () => {
    expect(readIn(['.\r\nQUIT\r\n'])).toEqual({ content: '', rest: 'QUIT\r\n' });
  });
});
