/** Finds bytes in a stream, however it is cut into pieces. */
export class BytePattern {
  readonly #wanted: Buffer;
  #tail: Buffer = Buffer.alloc(0);

  constructor(wanted: Buffer) {
    if (wanted.length === 0) throw new Error('Nothing is everywhere');
    this.#wanted = wanted;
  }

  /** Where in this piece it ends, if it ends here. */
  endIn(piece: Buffer): number | undefined {
    const seen = Buffer.concat([this.#tail, piece]);
    const at = seen.indexOf(this.#wanted);
    if (at >= 0) return at + this.#wanted.length - this.#tail.length;
    this.#tail = this.#wanted.length === 1 ? Buffer.alloc(0) : seen.subarray(-(this.#wanted.length - 1));
    return undefined;
  }
}
