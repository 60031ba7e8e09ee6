/**
 * Uids of a folder. Those of IMAP are numbers that mostly follow each other, and are written as `1:500,502`; those of
 * POP3 are words, and are kept one by one.
 */
export class UidSet {
  /** Ascending, apart from each other. */
  #ranges: [first: number, last: number][] = [];
  readonly #words = new Set<string>();

  static from({ numbers, words }: WrittenUids): UidSet {
    const set = new UidSet();
    for (const range of numbers === '' ? [] : numbers.split(',')) {
      const [first, last = first] = range.split(':').map(Number) as [number, number?];
      set.#ranges.push([first, last]);
    }
    for (const word of words) set.#words.add(word);
    return set;
  }

  has(uid: string): boolean {
    const number = numberIn(uid);
    if (number === undefined) return this.#words.has(uid);
    const range = this.#ranges[this.#rangeAtOrBefore(number)];
    return range !== undefined && number <= range[1];
  }

  add(uid: string): void {
    const number = numberIn(uid);
    if (number === undefined) this.#words.add(uid);
    else this.#addNumber(number);
  }

  addAll(other: UidSet): void {
    for (const [first, last] of other.#ranges) this.#addRange(first, last);
    for (const word of other.#words) this.#words.add(word);
  }

  /** Forgets the oldest until it is written with so many characters: then they may be collected once more. */
  write(longest: number): WrittenUids {
    const words = [...this.#words];
    let length = words.reduce((sum, word) => sum + word.length + 3, 0);
    let from = 0;
    while (length > longest / 2 && from < words.length) length -= words[from++]!.length + 3;
    let ranges = this.#ranges.map(([first, last]) => (first === last ? `${first}` : `${first}:${last}`));
    while (ranges.join(',').length > longest / 2) ranges = ranges.slice(Math.ceil(ranges.length / 10));
    return { numbers: ranges.join(','), words: words.slice(from) };
  }

  get size(): number {
    return this.#ranges.reduce((sum, [first, last]) => sum + last - first + 1, this.#words.size);
  }

  #addNumber(number: number): void {
    const at = this.#rangeAtOrBefore(number);
    const before = this.#ranges[at];
    if (before && number <= before[1]) return;
    const after = this.#ranges[at + 1];
    const joinsBefore = before !== undefined && before[1] + 1 === number;
    const joinsAfter = after !== undefined && after[0] - 1 === number;
    if (joinsBefore && joinsAfter) {
      before[1] = after[1];
      this.#ranges.splice(at + 1, 1);
    } else if (joinsBefore) before[1] = number;
    else if (joinsAfter) after[0] = number;
    else this.#ranges.splice(at + 1, 0, [number, number]);
  }

  #addRange(first: number, last: number): void {
    const apart = this.#ranges.filter(([from, to]) => to + 1 < first || from - 1 > last);
    const touched = this.#ranges.filter(([from, to]) => to + 1 >= first && from - 1 <= last);
    const from = Math.min(first, ...touched.map(([from]) => from));
    const to = Math.max(last, ...touched.map(([, to]) => to));
    this.#ranges = [...apart, [from, to] as [number, number]].sort(([one], [other]) => one - other);
  }

  /** -1 when all begin after it. */
  #rangeAtOrBefore(number: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]![0] <= number) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export interface WrittenUids {
  readonly numbers: string;
  readonly words: readonly string[];
}

// What IMAP calls a uid: at most 2^32 - 1. A POP3 server may name a message `007`, which is another one than `7`.
function numberIn(uid: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(uid) ? Number(uid) : undefined;
}
