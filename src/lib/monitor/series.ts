/** Counts in bins of time, the newest last; what is older than the last bin is forgotten. */
export class Series {
  readonly #width: number;
  readonly #bins: number[];
  /** The bin in which the newest count lies, since the beginning of time. */
  #newest = 0;

  constructor(bins: number, widthMs: number) {
    this.#width = widthMs;
    this.#bins = Array.from({ length: bins }, () => 0);
  }

  add(now: number, count = 1): void {
    this.#moveTo(now);
    this.#bins[this.#newest % this.#bins.length]! += count;
  }

  /** As of a moment, oldest first. */
  counts(now: number): number[] {
    this.#moveTo(now);
    const first = (this.#newest + 1) % this.#bins.length;
    return [...this.#bins.slice(first), ...this.#bins.slice(0, first)];
  }

  #moveTo(now: number): void {
    const bin = Math.floor(now / this.#width);
    const steps = Math.min(bin - this.#newest, this.#bins.length);
    for (let step = 0; step < steps; step++) this.#bins[(bin - step) % this.#bins.length] = 0;
    // A clock that is set back counts into the newest bin until it has caught up.
    this.#newest = Math.max(this.#newest, bin);
  }
}
