const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 26 characters that sort by time of creation: 10 of milliseconds, 16 of chance and count (the ULID form). */
export type Id = string;

export const idLength = 26;
const idPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function isId(text: string): boolean {
  return idPattern.test(text);
}

export interface IdSource {
  next(): Id;
  /** From now on every id sorts after this one. */
  continueAfter(id: Id): void;
}

/**
 * Ids that only ever grow, whatever the clock does: when it stands still or steps back, the last millisecond is kept
 * and the count goes on.
 */
export function createIdSource(now: () => number, randomInt: (max: number) => number): IdSource {
  let millisecond = -1;
  let prefix = '';
  let count = 0;

  function begin(ms: number): void {
    millisecond = ms;
    prefix = encode(ms, 10) + encode(randomInt(2 ** 40), 8);
    // The upper half is left free, so that counting never overflows within a millisecond.
    count = randomInt(2 ** 39);
  }

  return {
    next() {
      const ms = now();
      if (ms > millisecond) begin(ms);
      else count++;
      return prefix + encode(count, 8);
    },
    continueAfter(id) {
      const ms = decode(id.slice(0, 10));
      if (ms < millisecond) return;
      millisecond = ms;
      prefix = id.slice(0, 18);
      count = decode(id.slice(18));
    },
  };
}

/** The moment at which an id was made, in milliseconds. */
export function idTime(id: Id): number {
  return decode(id.slice(0, 10));
}

function encode(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  return text;
}

function decode(text: string): number {
  let value = 0;
  for (const character of text) value = value * 32 + alphabet.indexOf(character);
  return value;
}
