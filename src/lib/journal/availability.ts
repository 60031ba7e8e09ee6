import type { Notify } from './notice.ts';
import type { UnavailableWhy } from './unavailable.ts';

/** Whether the journal takes messages, told once when it stops and once when it goes on, whatever the reasons. */
export class Availability {
  readonly #notify: Notify;
  #refusing = false;

  constructor(notify: Notify) {
    this.#notify = notify;
  }

  refuse(why: UnavailableWhy, detail: string): void {
    if (this.#refusing) return;
    this.#refusing = true;
    this.#notify({ event: 'journal.refusing', why, detail });
  }

  resume(): void {
    if (!this.#refusing) return;
    this.#refusing = false;
    this.#notify({ event: 'journal.resumed' });
  }
}
