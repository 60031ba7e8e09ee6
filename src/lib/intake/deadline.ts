import type { Deadlines } from './intake-settings.ts';

/** What a session owes, as far as its deadlines go. */
interface Owing {
  readonly awaits: 'command' | 'content' | 'handshake' | 'nothing';
  /** Another number whenever it owes something new. */
  readonly turn: number;
}

/** Knows since when a peer has been silent, and since when it has owed what it owes. */
export class Deadline {
  readonly #limits: Deadlines;
  readonly #opened: number;
  #heard: number;
  #owesSince: number;
  #awaits: Owing['awaits'] = 'command';
  #turn = 0;

  constructor(limits: Deadlines, now: number) {
    this.#limits = limits;
    this.#opened = now;
    this.#heard = now;
    this.#owesSince = now;
  }

  heard(now: number): void {
    this.#heard = now;
  }

  /** The name of the limit that has passed. */
  passed(now: number, { awaits, turn }: Owing): keyof Deadlines | undefined {
    if (awaits !== this.#awaits || turn !== this.#turn) {
      this.#awaits = awaits;
      this.#turn = turn;
      this.#owesSince = now;
    }
    if (now - this.#opened > this.#limits.session) return 'session';
    // As long as we owe an answer, the peer may wait for it in silence.
    if (awaits === 'nothing') {
      this.#heard = now;
      return undefined;
    }
    if (now - this.#owesSince > this.#limits[awaits]) return awaits;
    // A handshake has a deadline of its own, and its bytes are not seen here.
    if (awaits === 'handshake') this.#heard = now;
    return now - this.#heard > this.#limits.idle ? 'idle' : undefined;
  }
}
