import type { Trouble } from './trouble.ts';

const first = 1_000;
const longest = 5 * 60_000;
/** Passwords that are wrong stay wrong, and who tries them again and again is locked out. */
const secondLogin = 30_000;
const whileLocked = 60 * 60_000;

export interface NextAttempt {
  readonly inMs: number;
  /** Whether the login is given up until something changes. */
  readonly locked: boolean;
}

/**
 * When a mailbox is tried again: after a time drawn from all of a span that doubles, so that a thousand mailboxes of a
 * server that was down do not come back together, and not before the server wants.
 */
export class Retry {
  readonly #random: () => number;
  #failures = 0;
  #refusedLogins = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  get attempt(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#refusedLogins = 0;
  }

  failed({ why, retryAfterMs = 0 }: Pick<Trouble, 'why' | 'retryAfterMs'>): NextAttempt {
    this.#failures++;
    const span = Math.min(longest, first * 2 ** Math.min(this.#failures - 1, 20));
    const drawn = Math.round(this.#random() * span);
    if (why !== 'credentials') {
      this.#refusedLogins = 0;
      return { inMs: Math.max(drawn, retryAfterMs), locked: false };
    }
    // A token may have expired between two logins, so one more is fair.
    if (++this.#refusedLogins === 1) return { inMs: Math.max(secondLogin + drawn, retryAfterMs), locked: false };
    return { inMs: whileLocked, locked: true };
  }
}
