import type { TimedEvent } from '../events/event.ts';
import {
  afterEvent,
  logRow,
  messageRow,
  newSession,
  type LogRow,
  type MessageRow,
  type PlaceOf,
  type SessionRow,
} from './rows.ts';

/** The newest of what has happened, oldest first. */
export interface Recent {
  readonly messages: readonly MessageRow[];
  readonly sessions: readonly SessionRow[];
  readonly log: readonly LogRow[];
  /** How many events there were in all. */
  readonly events: number;
}

export const nothingRecent: Recent = { messages: [], sessions: [], log: [], events: 0 };

const most = { messages: 5_000, sessions: 2_000, log: 5_000 } as const;

/** Takes events together, as they come: one copy of the lists for each batch, not for each event. */
export function afterEvents(before: Recent, events: readonly TimedEvent[], placeOf: PlaceOf): Recent {
  // Of a flood only the end will ever be seen.
  const newest = events.slice(-most.log);
  const skipped = events.length - newest.length;
  const messages: MessageRow[] = [];
  const log = newest.map((event, index) => logRow(event, before.events + skipped + index + 1));
  for (const event of newest) if (event.event === 'capture.accepted') messages.push(messageRow(event, placeOf));
  return {
    messages: appended(before.messages, messages, most.messages),
    sessions: sessionsAfter(before.sessions, newest, placeOf),
    log: appended(before.log, log, most.log),
    events: before.events + events.length,
  };
}

function sessionsAfter(before: readonly SessionRow[], events: readonly TimedEvent[], placeOf: PlaceOf) {
  const about = events.filter((event) => 'session' in event);
  if (about.length === 0) return before;
  const sessions = new Map(before.map((row) => [row.key, row]));
  for (const event of about) {
    const { session } = event as { readonly session: string };
    const known = sessions.get(session);
    if (event.event === 'session.opened') sessions.set(session, newSession(event, placeOf));
    else if (known) sessions.set(session, afterEvent(known, event));
  }
  const all = [...sessions.values()];
  return all.length <= most.sessions ? all : all.slice(all.length - most.sessions);
}

function appended<Item>(before: readonly Item[], added: readonly Item[], keep: number): readonly Item[] {
  if (added.length === 0) return before;
  const room = Math.max(keep - added.length, 0);
  const kept = before.length > room ? before.slice(before.length - room) : before;
  return [...kept, ...added.slice(-keep)];
}
