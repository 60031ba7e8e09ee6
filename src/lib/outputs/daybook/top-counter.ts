/** What a counter knows of one value: it came at most `count` times, and at least `count - over` times. */
export type KeptCount = readonly [value: string, count: number, over: number];

export interface KeptCounter {
  /** How many were counted, of all values together. */
  readonly total: number;
  readonly capacity: number;
  /** The rarest first, in the order in which they would make room. */
  readonly counts: readonly KeptCount[];
}

interface Count {
  count: number;
  readonly over: number;
}

/**
 * The most frequent of any number of values in room for a fixed number of them: space saving (Metwally, Agrawal and
 * El Abbadi, 2005). A new value takes the place of the rarest and inherits its count as a possible error. No count is
 * too high by more than total / capacity, none is too low, and no value that came more often than that is missing.
 */
export class TopCounter {
  readonly #capacity: number;
  readonly #counts = new Map<string, Count>();
  /** The values by their count, so that the rarest is found at once among millions that come only one time. */
  readonly #byCount = new Map<number, Set<string>>();
  #least = 0;
  #total = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  static restore({ total, capacity, counts }: KeptCounter): TopCounter {
    const counter = new TopCounter(capacity);
    counter.#total = total;
    counter.#least = counts[0]?.[1] ?? 0;
    for (const [value, count, over] of counts) counter.#place(value, { count, over });
    return counter;
  }

  add(value: string): void {
    this.#total++;
    const known = this.#counts.get(value);
    if (known) this.#raise(value, known);
    else if (this.#counts.size < this.#capacity) {
      this.#place(value, { count: 1, over: 0 });
      this.#least = 1;
    } else this.#supersede(value);
  }

  /** Never more than the capacity, whatever came. */
  get size(): number {
    return this.#counts.size;
  }

  kept(): KeptCounter {
    const ascending = [...this.#byCount].sort(([a], [b]) => a - b);
    const counts = ascending.flatMap(([count, values]) =>
      [...values].map((value): KeptCount => [value, count, this.#counts.get(value)!.over]),
    );
    return { total: this.#total, capacity: this.#capacity, counts };
  }

  #supersede(value: string): void {
    const least = this.#least;
    const [rarest] = this.#byCount.get(least)!;
    this.#counts.delete(rarest!);
    this.#place(value, { count: least + 1, over: least });
    this.#leave(rarest!, least);
  }

  #raise(value: string, known: Count): void {
    known.count++;
    this.#group(known.count).add(value);
    this.#leave(value, known.count - 1);
  }

  #place(value: string, count: Count): void {
    this.#counts.set(value, count);
    this.#group(count.count).add(value);
  }

  // Who leaves the rarest leaves for the next count, or makes room for somebody there: the least is never searched.
  #leave(value: string, count: number): void {
    const group = this.#byCount.get(count)!;
    group.delete(value);
    if (group.size > 0) return;
    this.#byCount.delete(count);
    if (count === this.#least) this.#least = count + 1;
  }

  #group(count: number): Set<string> {
    const known = this.#byCount.get(count);
    if (known) return known;
    const group = new Set<string>();
    this.#byCount.set(count, group);
    return group;
  }
}
