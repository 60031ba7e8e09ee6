import { headerBytes, opcodes, type Operation, type RawFrame, WireError } from './frame.ts';
import type { FrameLimits } from './limits.ts';

const operations = new Map<number, Operation>(
  Object.entries(opcodes).map(([operation, opcode]) => [opcode, operation as Operation]),
);

/**
 * Cuts a stream into frames, wherever its chunks end. A length that is out of bounds is refused as soon as the header
 * is there, before anything of the body is kept.
 */
export class FrameReader {
  #limits: FrameLimits;
  /** The beginning of a frame, as it came. Put together once, when the frame is whole. */
  #parts: Buffer[] = [];
  #held = 0;
  /** Of the frame that has begun; 0 until its header is there. */
  #length = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Other limits, from the next frame on. */
  allow(limits: FrameLimits): void {
    this.#limits = limits;
  }

  /** How many bytes of an unfinished frame are kept. */
  get held(): number {
    return this.#held;
  }

  /**
   * Hands over each frame that is whole; its bytes are a part of the chunk where it came in one. Throws a WireError at
   * the first bytes that are no frame; what came before them has been handed over.
   */
  read(chunk: Buffer, take: (frame: RawFrame) => void): void {
    let at = 0;
    if (this.#held > 0) at = this.#complete(chunk, take);
    if (at < 0) return;
    while (chunk.length - at >= headerBytes) {
      const { operation, length } = this.#header(chunk, at);
      if (chunk.length - at < length) {
        this.#length = length;
        break;
      }
      take({ operation, bytes: chunk.subarray(at, at + length) });
      at += length;
    }
    if (at < chunk.length) this.#hold(chunk.subarray(at));
  }

  // Returns where in the chunk the frame that had begun ends, or -1 when it does not.
  #complete(chunk: Buffer, take: (frame: RawFrame) => void): number {
    let at = 0;
    if (this.#length === 0) {
      at = Math.min(headerBytes - this.#held, chunk.length);
      this.#hold(chunk.subarray(0, at));
      if (this.#held < headerBytes) return -1;
      this.#parts = [Buffer.concat(this.#parts)];
      this.#length = this.#header(this.#parts[0]!, 0).length;
    }
    const end = at + this.#length - this.#held;
    if (end > chunk.length) {
      if (at < chunk.length) this.#hold(chunk.subarray(at));
      return -1;
    }
    const bytes = Buffer.concat([...this.#parts, chunk.subarray(at, end)], this.#length);
    this.#parts = [];
    this.#held = this.#length = 0;
    take({ operation: operations.get(bytes[4]!)!, bytes });
    return end;
  }

  #hold(part: Buffer): void {
    this.#parts.push(part);
    this.#held += part.length;
  }

  #header(bytes: Buffer, at: number): { readonly operation: Operation; readonly length: number } {
    // The specification calls the length unsigned; the reference reads it signed. Both refuse what lies between.
    const length = bytes.readInt32BE(at);
    const operation = operations.get(bytes[at + 4]!);
    if (length < headerBytes) throw new WireError('too short', `a frame says that it is ${length} bytes long`);
    if (operation === undefined) throw new WireError('unknown opcode', `there is no opcode ${bytes[at + 4]}`);
    const most = this.#limits[operation];
    if (length <= most) return { operation, length };
    throw new WireError('too long', `a frame for "${operation}" of ${length} bytes is over the limit of ${most}`);
  }
}
