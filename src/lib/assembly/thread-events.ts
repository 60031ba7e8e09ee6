import type { Event, Emit, TimedEvent } from '../events/event.ts';

export interface GatheredEvents {
  readonly emit: Emit;
  readonly flush: () => void;
}

const gathering = 10;

/** Events of a thread gather for a moment and leave it together, not in one message each. */
export function gatheredEvents(post: (events: readonly TimedEvent[]) => void): GatheredEvents {
  let waiting: TimedEvent[] = [];
  const flush = () => {
    if (waiting.length > 0) post(waiting);
    waiting = [];
  };
  const emit = (event: Event) => {
    if (waiting.length === 0) setTimeout(flush, gathering);
    waiting.push({ time: new Date().toISOString(), ...event });
  };
  return { emit, flush };
}
