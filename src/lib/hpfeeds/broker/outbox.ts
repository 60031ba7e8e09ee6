import type { Socket } from 'node:net';

/** Frames on their way to one client, sent with as few calls to the kernel as there can be. */
export class Outbox {
  readonly #socket: Socket;
  #pieces: Buffer[] = [];
  #unsent = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the kernel has not taken yet. */
  get backlog(): number {
    return this.#unsent + this.#socket.writableLength;
  }

  put(frame: Buffer): void {
    this.#unsent += frame.length;
    const last = this.#pieces.at(-1);
    // Frames that came in one chunk leave as one piece.
    if (last && last.buffer === frame.buffer && last.byteOffset + last.length === frame.byteOffset) {
      const joined = Buffer.from(last.buffer, last.byteOffset, last.length + frame.length);
      this.#pieces[this.#pieces.length - 1] = joined;
    } else this.#pieces.push(frame);
  }

  flush(): void {
    const pieces = this.#socket.writableLength > 0 ? this.#pieces.map(unpinned) : this.#pieces;
    this.#pieces = [];
    this.#unsent = 0;
    if (pieces.length === 1) this.#socket.write(pieces[0]!);
    if (pieces.length < 2) return;
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }
}

// What has to wait would keep the whole chunk in memory in which it came, and that would be counted nowhere.
function unpinned(piece: Buffer): Buffer {
  return piece.length * 2 < piece.buffer.byteLength ? Buffer.from(piece) : piece;
}
