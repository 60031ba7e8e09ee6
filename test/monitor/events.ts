import type { Event, EventOf, TimedEvent } from '../../src/lib/events/event.ts';

type Accepted = EventOf<'capture.accepted'>;

let last = 0;

/** A message like any other, but for what is given. */
export function accepted(given: Partial<Accepted> = {}): Accepted {
  last++;
  return {
    event: 'capture.accepted',
    intake: 'relay',
    id: `01M8EDQ486CGY70AXNBG${String(last).padStart(6, '0')}`,
    session: `session ${last}`,
    peer: '192.0.2.7',
    from: 'spammer@bad.example',
    to: 'victim@good.example',
    recipients: 1,
    size: 1_234,
    sha256: 'a'.repeat(64),
    ...given,
  };
}

/** One event after the other, a second apart. */
export function timed(...events: readonly Event[]): TimedEvent[] {
  const start = Date.parse('2026-11-27T10:00:00Z');
  return events.map((event, index) => {
    return { time: new Date(start + index * 1_000).toISOString(), ...event };
  });
}
