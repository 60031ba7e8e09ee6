import type { Mention } from './mention.ts';

interface Needle {
  /** The characters that depend on the text alone, whatever stands before and behind it. */
  readonly characters: string;
  /** How many characters before these carry the beginning of the text. */
  readonly skip: number;
  readonly length: number;
}

const alphabet = /[A-Za-z0-9+/]/;
const shortestLine = 48;
const brokenLine = /(?<=[A-Za-z0-9+/]{48})\r?\n(?=[A-Za-z0-9+/])/g;
// Context in whole groups of four, so that a neighbouring digit is seen.
const context = 16;

/**
 * Finds texts within base64, wherever in a group of three bytes they begin. What is found is decoded with its
 * surroundings, and has to be found there as well: neighbours count here as anywhere.
 */
export function base64Search(
  texts: readonly string[],
  findBare: (text: string) => Mention | undefined,
): (text: string) => Mention | undefined {
  const needles = texts.flatMap((text) => [0, 1, 2].map((shift) => needleFor(text, shift)));
  const pieces = [...new Set(needles.flatMap(({ characters }) => piecesOf(characters)))];
  return (text) => {
    if (!pieces.some((piece) => text.includes(piece))) return undefined;
    // In a long text the lines of base64 are cut, and an address with them.
    const joined = text.includes('\n') ? text.replaceAll(brokenLine, '') : text;
    for (const needle of needles) {
      const found = findNeedle(joined, needle, findBare);
      if (found) return { ...found, form: 'in base64' };
    }
    return undefined;
  };
}

/** More pieces than lines can end within it: whatever is broken, one is whole. Nearly no text has any of them. */
function piecesOf(characters: string): readonly string[] {
  const count = Math.ceil(characters.length / shortestLine) + 1;
  const length = Math.ceil(characters.length / count);
  return Array.from({ length: count }, (_, index) => characters.slice(index * length, (index + 1) * length));
}

function needleFor(text: string, shift: number): Needle {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text, 'utf8')]);
  const encoded = bytes.toString('base64');
  const skip = shift === 0 ? 0 : shift + 1;
  const complete = Math.floor((bytes.length * 8) / 6);
  return { characters: encoded.slice(skip, complete), skip, length: complete };
}

function findNeedle(
  text: string,
  { characters, skip, length }: Needle,
  findBare: (text: string) => Mention | undefined,
): Mention | undefined {
  for (let at = text.indexOf(characters); at >= 0; at = text.indexOf(characters, at + 1)) {
    const decoded = decodeAround(text, at - skip, length);
    const found = findBare(decoded);
    if (found) return { ...found, seen: text.slice(at, at + characters.length) };
  }
  return undefined;
}

/** `start` is where the group of four begins, which may lie before the text itself. */
function decodeAround(text: string, start: number, length: number): string {
  let from = start;
  while (from > start - context && isBase64(text, from - 4)) from -= 4;
  const to = start + Math.ceil(length / 4) * 4 + context;
  const missing = Math.max(0, -from);
  // Node skips what is no base64, and would take the next word of a sentence for the next letters.
  const [encoded] = /^[A-Za-z0-9+/]*/.exec(text.slice(Math.max(0, from), to))!;
  return Buffer.from('A'.repeat(missing) + encoded, 'base64').toString('latin1');
}

function isBase64(text: string, at: number): boolean {
  return at >= 0 && [0, 1, 2, 3].every((offset) => alphabet.test(text.charAt(at + offset)));
}
