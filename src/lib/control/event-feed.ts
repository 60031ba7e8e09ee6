import type { TimedEvent } from '../events/event.ts';
import type { EventHub } from '../events/hub.ts';
import { jsonLine } from '../events/lines.ts';

/** Those that were told before too, as far as they are kept, or only those from now on. */
export type From = 'kept' | 'now';

type Follower = (lines: string) => void;

const gathering = 50;

/** Events for all who follow: each is made a line once, and lines gather for a moment before they are sent. */
export class EventFeed {
  readonly #hub: EventHub;
  readonly #followers = new Set<Follower>();
  #leaveHub: (() => void) | undefined;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(hub: EventHub) {
    this.#hub = hub;
  }

  follow(from: From, follower: Follower): () => void {
    this.#send();
    const before = from === 'kept' ? this.#hub.kept() : [];
    if (before.length > 0) follower(before.map(jsonLine).join(''));
    this.#followers.add(follower);
    this.#leaveHub ??= this.#hub.listenFromNow((event) => this.#take(event));
    return () => this.#leave(follower);
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    // An event costs nothing where nobody follows.
    this.#leaveHub?.();
    this.#leaveHub = undefined;
    this.#waiting = [];
  }

  #take(event: TimedEvent): void {
    this.#waiting.push(jsonLine(event));
    this.#timer ??= setTimeout(() => this.#send(), gathering);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting.join('');
    this.#waiting = [];
    for (const follower of this.#followers) follower(lines);
  }
}
