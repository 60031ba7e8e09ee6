/** A chunk as BDAT announced it: so many bytes, whatever they are (RFC 3030). */
export class Chunk {
  readonly size: number;
  readonly isLast: boolean;
  #left: number;

  constructor(size: number, isLast: boolean) {
    this.size = size;
    this.isLast = isLast;
    this.#left = size;
  }

  /** What follows `BDAT`. */
  static parse(argument: string): Chunk | undefined {
    const [, size, last] = /^(\d{1,15})(?:[ \t]+(LAST))?$/i.exec(argument) ?? [];
    return size === undefined ? undefined : new Chunk(Number(size), last !== undefined);
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  /** Hands the chunk's bytes on; returns where in `input` they end. */
  read(input: Buffer, start: number, take: (content: Buffer) => void): number {
    const end = Math.min(input.length, start + this.#left);
    this.#left -= end - start;
    if (end > start) take(start === 0 && end === input.length ? input : input.subarray(start, end));
    return end;
  }
}
