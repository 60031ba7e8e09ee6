import type { Position } from './position.ts';

const offsetBits = 40n;
const offsetMask = (1n << offsetBits) - 1n;

/**
 * How far the journal is on disk. It lives in shared memory, so that readers in other threads follow the writer
 * without a message for each sync, and a reader that is busy or stuck costs the writer nothing.
 */
export class Tail {
  readonly memory: SharedArrayBuffer;
  readonly #place: BigInt64Array;
  readonly #turns: Int32Array;
  readonly #underWay: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.memory = memory;
    this.#place = new BigInt64Array(memory, 0, 1);
    this.#turns = new Int32Array(memory, 8, 1);
    this.#underWay = new Int32Array(memory, 12, 1);
  }

  publish({ segment, offset }: Position): void {
    Atomics.store(this.#place, 0, (BigInt(segment) << offsetBits) | BigInt(offset));
    this.nudge();
  }

  /** Wakes everybody who waits, though nothing new was published. */
  nudge(): void {
    Atomics.add(this.#turns, 0, 1);
    Atomics.notify(this.#turns, 0);
  }

  get position(): Position {
    const packed = Atomics.load(this.#place, 0);
    return { segment: Number(packed >> offsetBits), offset: Number(packed & offsetMask) };
  }

  /** Messages that are arriving or waiting to be kept while a peer waits for them: what outputs give way to. */
  get underWay(): number {
    return Atomics.load(this.#underWay, 0);
  }

  countUnderWay(difference: 1 | -1): void {
    Atomics.add(this.#underWay, 0, difference);
  }

  /** A ticket to be taken before looking, so that what is published between the look and the wait is not missed. */
  get turn(): number {
    return Atomics.load(this.#turns, 0);
  }

  /** Resolves once something was published after `turn` was taken, or the time is up. */
  async advance(turn: number, timeoutMs: number): Promise<void> {
    const wait = Atomics.waitAsync(this.#turns, 0, turn, timeoutMs);
    if (wait.async) await wait.value;
  }
}
