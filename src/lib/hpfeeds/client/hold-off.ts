import { FeedFault } from './feed-fault.ts';

const first = 60_000;
const longest = 15 * 60_000;

/**
 * Credentials that were refused do not get better by being tried again at once, and some brokers ban who does that.
 * Every other failure is left to whoever calls.
 */
export class HoldOff {
  readonly #now: () => number;
  #fault: FeedFault | undefined;
  #until = 0;
  #hold = first;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws what was wrong before, as long as it is not yet time to try again. */
  check(): void {
    const left = this.#until - this.#now();
    if (this.#fault !== undefined && left > 0) throw waiting(this.#fault, left);
  }

  succeeded(): void {
    this.#fault = undefined;
    this.#hold = first;
  }

  /** The error as it is to be thrown. */
  failed(error: unknown): unknown {
    if (!(error instanceof FeedFault) || error.kind !== 'credentials' || error.retryAfterMs !== undefined) return error;
    const hold = this.#hold;
    this.#fault = error;
    this.#until = this.#now() + hold;
    this.#hold = Math.min(hold * 2, longest);
    return waiting(error, hold);
  }
}

function waiting(fault: FeedFault, retryAfterMs: number): FeedFault {
  return new FeedFault('credentials', fault.message, { retryAfterMs, cause: fault });
}
