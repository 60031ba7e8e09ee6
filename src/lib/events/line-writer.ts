import { write } from 'node:fs';
import { errno } from '../errors.ts';

/** Enough for the lines of some ten thousand peers that come at once. */
const maxWaiting = 4 * 2 ** 20;
const busyRetry = 50;
/** Lines gather this long before they are written together. */
const gathering = 10;

/**
 * Writes lines to a file descriptor off the event loop. Node.js writes to a pipe or terminal synchronously, so a
 * reader that stops reading (a paused pager, Ctrl-S) would stop the sensor; here it only loses lines, which are counted.
 */
export class LineWriter {
  readonly #fd: number;
  readonly #dropped: (count: number) => void;
  #waiting: string[] = [];
  #waitingLength = 0;
  #lost = 0;
  #writing: Buffer | undefined;
  #isGathering = false;
  #idle: (() => void)[] = [];

  constructor(fd: number, dropped: (count: number) => void) {
    this.#fd = fd;
    this.#dropped = dropped;
  }

  write(line: string): void {
    if (this.#waitingLength + line.length > maxWaiting) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    if (this.#isGathering || this.#writing !== undefined) return;
    this.#isGathering = true;
    setTimeout(() => this.#next(), gathering);
  }

  /** Resolves when everything is written, or the time is up. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#writing === undefined && this.#waiting.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#idle.push(resolve);
    await promise;
    clearTimeout(timer);
  }

  #next(): void {
    this.#isGathering = false;
    if (this.#writing !== undefined) return;
    if (this.#lost > 0 && this.#waitingLength < maxWaiting / 2) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#dropped(lost);
    }
    if (this.#waiting.length === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#put(Buffer.from(this.#waiting.join(''), 'utf8'));
    this.#waiting = [];
    this.#waitingLength = 0;
  }

  #put(bytes: Buffer): void {
    this.#writing = bytes;
    write(this.#fd, bytes, (error, written) => {
      if (error && errno(error) === 'EAGAIN') {
        setTimeout(() => this.#put(bytes), busyRetry).unref();
        return;
      }
      // A reader that is gone for good is no reason to stop; there is just nobody to tell.
      if (!error && written < bytes.length) return this.#put(bytes.subarray(written));
      this.#writing = undefined;
      this.#next();
    });
  }
}
