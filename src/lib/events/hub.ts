import type { Emit, Event, TimedEvent } from './event.ts';
import { isoTime } from '../text/time.ts';

export type Listener = (event: TimedEvent) => void;

/**
 * Hands every event to everybody who listens, and keeps the newest for those who come later. It goes one way and
 * waits for nobody: a listener that throws is dropped, and what a listener cannot take in time is the listener's loss.
 */
export class EventHub {
  readonly #now: () => number;
  readonly #kept: TimedEvent[] = [];
  readonly #keep: number;
  readonly #listeners = new Set<Listener>();
  #oldest = 0;

  constructor(now: () => number, keep = 1_000) {
    this.#now = now;
    this.#keep = keep;
  }

  readonly emit: Emit = (event: Event): void => {
    this.pass({ time: isoTime(this.#now()), ...event });
  };

  /** Takes an event that already happened elsewhere, in another thread. */
  pass(event: TimedEvent): void {
    if (this.#kept.length < this.#keep) this.#kept.push(event);
    else {
      this.#kept[this.#oldest] = event;
      this.#oldest = (this.#oldest + 1) % this.#keep;
    }
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  /** The listener first gets what was kept, then everything that happens until the returned function is called. */
  listen(listener: Listener): () => void {
    for (const event of this.kept()) listener(event);
    return this.listenFromNow(listener);
  }

  listenFromNow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  kept(): TimedEvent[] {
    return [...this.#kept.slice(this.#oldest), ...this.#kept.slice(0, this.#oldest)];
  }
}
