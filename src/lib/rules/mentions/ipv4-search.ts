import type { Mention } from './mention.ts';

/** How four words in a row may be read as an address. */
interface Reading {
  readonly form: string;
  /** The number from 0 to 255 that a word stands for; -1 when it stands for none. */
  part(word: string): number;
  /** Without such a word among the four it is no address in this form, but one in another. */
  isTelling?(word: string): boolean;
  /** What must not stand beside the four, because then they are a part of something longer. */
  isNumber(word: string): boolean;
}

const digits = /^\d+$/;
const decimal = /^\d{1,3}$/;
const numberLikeC = /^(?:0x[0-9a-f]{1,2}|\d{1,4})$/i;
const hexPair = /^[0-9a-f]{1,2}$/i;

const asItIs: Reading = {
  form: 'as it is',
  part: (word) => (decimal.test(word) ? byte(Number(word)) : -1),
  isNumber: (word) => digits.test(word),
};

/** As the C library reads them: `0x` before hexadecimal, 0 before octal. */
const likeC: Reading = {
  form: 'in octal or hexadecimal',
  part(word) {
    if (!numberLikeC.test(word)) return -1;
    if (/^0x/i.test(word)) return Number.parseInt(word, 16);
    return byte(word.startsWith('0') ? Number.parseInt(word, 8) : Number(word));
  },
  isTelling: (word) => word.length > 1 && word.startsWith('0'),
  isNumber: (word) => /^(?:0x[0-9a-f]+|\d+)$/i.test(word),
};

/** `c0.a8.1.1`; without a letter it would be another address in decimals. */
const hexPairs: Reading = {
  form: 'in hexadecimal',
  part: (word) => (hexPair.test(word) ? Number.parseInt(word, 16) : -1),
  isTelling: (word) => /[a-f]/i.test(word),
  isNumber: (word) => hexPair.test(word),
};

function byte(value: number): number {
  return value <= 255 ? value : -1;
}

interface Search {
  readonly reading: Reading;
  readonly form: string;
  /** The addresses by their 32 bits. */
  readonly wanted: ReadonlyMap<number, string>;
}

export type RunSearch = (runs: Iterable<readonly string[]>) => Mention | undefined;

/** Finds one of the addresses in words with dots between. */
export function dottedSearch(addresses: readonly string[]): RunSearch {
  const wanted = byValue(addresses, (parts) => parts);
  const backwards = byValue(addresses, (parts) => parts.toReversed());
  return searchIn('.', [
    { reading: asItIs, form: asItIs.form, wanted },
    { reading: asItIs, form: 'backwards', wanted: backwards },
    { reading: likeC, form: likeC.form, wanted },
    { reading: hexPairs, form: hexPairs.form, wanted },
  ]);
}

export function dashedSearch(addresses: readonly string[]): RunSearch {
  return searchIn('-', [{ reading: asItIs, form: 'with dashes', wanted: byValue(addresses, (parts) => parts) }]);
}

function byValue(
  addresses: readonly string[],
  order: (parts: readonly number[]) => readonly number[],
): ReadonlyMap<number, string> {
  return new Map(addresses.map((what) => [valueOf(order(what.split('.').map(Number)), 0), what]));
}

function valueOf(parts: readonly number[], first: number): number {
  const [a, b, c, d] = [parts[first]!, parts[first + 1]!, parts[first + 2]!, parts[first + 3]!];
  return a < 0 || b < 0 || c < 0 || d < 0 ? -1 : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function searchIn(separator: string, searches: readonly Search[]): RunSearch {
  return (runs) => {
    for (const words of runs) {
      for (const search of searches) {
        const found = findIn(words, search);
        if (found) return { what: found.what, form: search.form, seen: found.quad.join(separator) };
      }
    }
    return undefined;
  };
}

function findIn(words: readonly string[], { reading, wanted }: Search) {
  const parts = words.map((word) => reading.part(word));
  for (let first = 0; first + 4 <= parts.length; first++) {
    const what = wanted.get(valueOf(parts, first));
    if (what === undefined) continue;
    const quad = words.slice(first, first + 4);
    const beside = [words[first - 1], words[first + 4]];
    if (reading.isTelling && !quad.some((word) => reading.isTelling?.(word))) continue;
    if (!beside.some((word) => word !== undefined && reading.isNumber(word))) return { what, quad };
  }
  return undefined;
}
