/** A message that comes in pieces smaller than this comes in too many of them. */
const small = 1024;
/** So many pieces are kept as they came. */
const few = 8;
const slabSize = 4096;

/**
 * The bytes of a message in memory. What comes byte by byte is copied together: each piece that is kept costs a
 * hundred bytes and more, whatever it holds.
 */
export class Pieces {
  #all: Buffer[] = [];
  #slab: Buffer | undefined;
  #used = 0;
  #length = 0;

  get all(): readonly Buffer[] {
    if (this.#slab) this.#closeSlab();
    return this.#all;
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#all.length < few || piece.length >= small) {
      if (this.#slab) this.#closeSlab();
      this.#all.push(piece);
      return;
    }
    if (this.#slab && this.#used + piece.length > this.#slab.length) this.#closeSlab();
    this.#slab ??= Buffer.allocUnsafeSlow(slabSize);
    this.#used += piece.copy(this.#slab, this.#used);
  }

  clear(): void {
    this.#all = [];
    this.#slab = undefined;
    this.#used = 0;
    this.#length = 0;
  }

  // What is left of a slab is given back: a copy of the right size takes its place.
  #closeSlab(): void {
    const filled = this.#slab!.subarray(0, this.#used);
    this.#all.push(this.#used * 2 > this.#slab!.length ? filled : Buffer.from(filled));
    this.#slab = undefined;
    this.#used = 0;
  }
}
