/** Cuts a stream of text into lines. A line that is longer than it may be is the end: nothing after it can be trusted. */
export class LineSplitter {
  readonly #longest: number;
  #rest = '';

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that are complete, or undefined when one is too long. */
  take(text: string): readonly string[] | undefined {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    const isWithin = (line: string) => line.length <= this.#longest;
    return isWithin(this.#rest) && lines.every(isWithin) ? lines : undefined;
  }
}
