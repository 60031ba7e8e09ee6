/**
 * Puts together what is kept of one chunk. One piece alone is handed on as it is; thousands, of a message in which each
 * line begins with a dot, are copied side by side: one by one they would cost many times their bytes.
 */
export class Pieces {
  readonly #chunk: Buffer;
  #only: Buffer | undefined;
  #joined: Buffer | undefined;
  #length = 0;

  constructor(chunk: Buffer) {
    this.#chunk = chunk;
  }

  add(from: number, until: number): void {
    if (until <= from) return;
    const { length } = this.#chunk;
    this.addOther(from === 0 && until === length ? this.#chunk : this.#chunk.subarray(from, until));
  }

  /** Bytes that came with an earlier chunk. */
  addOther(piece: Buffer): void {
    if (this.#joined) this.#append(piece);
    else if (this.#only === undefined) this.#only = piece;
    else {
      // All of a chunk, and one byte that was owed before it.
      this.#joined = Buffer.allocUnsafe(this.#chunk.length + 1);
      this.#append(this.#only);
      this.#append(piece);
    }
  }

  get all(): Buffer | undefined {
    return this.#joined?.subarray(0, this.#length) ?? this.#only;
  }

  #append(piece: Buffer): void {
    this.#length += piece.copy(this.#joined!, this.#length);
  }
}
