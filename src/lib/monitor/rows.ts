import { describe, levelOf, type Level } from '../events/describe.ts';
import type { EventOf, TimedEvent } from '../events/event.ts';
import type { FieldName } from '../query/fields.ts';

/** What is shown of one thing, and where a filter looks for words. */
export interface Row {
  readonly key: string;
  /** Made when somebody filters, not for each of thousands. */
  readonly words: () => string;
  /** What it has in the fields of a filter. */
  readonly facts?: Facts;
  /** ISO 8601, where it is of a moment. */
  readonly time?: string;
}

export type Facts = Readonly<Partial<Record<FieldName, readonly string[]>>>;

export interface MessageRow extends Row {
  readonly time: string;
  readonly intake: string;
  readonly peer: string;
  /** Country and network of the peer, where they are known. */
  readonly place: string;
  readonly from: string;
  readonly to: string;
  readonly recipients: number;
  readonly size: number;
  readonly subject: string;
  readonly sha256: string;
  readonly tags: readonly string[];
  readonly rules: readonly string[];
}

export interface TriedLogin {
  readonly mechanism: string;
  readonly user: string;
  readonly password: string;
}

export interface SessionRow extends Row {
  readonly time: string;
  readonly intake: string;
  readonly peer: string;
  readonly place: string;
  readonly helo: string;
  readonly tls: string;
  readonly logins: readonly TriedLogin[];
  readonly messages: number;
  readonly commands: number;
  /** How it ended; undefined while it lasts. */
  readonly ended?: string;
}

export interface LogRow extends Row {
  readonly time: string;
  readonly event: string;
  readonly level: Level;
  readonly told: TimedEvent;
}

/** Where in the world an address is; empty where nobody knows. */
export type PlaceOf = (peer: string) => string;

const mostLogins = 20;

export function messageRow(event: TimedEvent & EventOf<'capture.accepted'>, placeOf: PlaceOf): MessageRow {
  const { id: key, time, intake, peer, from, to, recipients, size, sha256 } = event;
  const { subject = '', tags = [], rules = [] } = event;
  const place = placeOf(peer);
  const words = () => [intake, peer, place, from, to, subject, sha256, key, ...tags, ...rules].join(' ');
  const facts: Facts = {
    ...placeFacts({ intake, peer, place }),
    from: [from],
    to: [to],
    subject: [subject],
    size: [String(size)],
    recipients: [String(recipients)],
    sha256: [sha256],
    id: [key],
    tag: tags,
    rule: rules,
  };
  return { key, time, intake, peer, place, from, to, recipients, size, subject, sha256, tags, rules, words, facts };
}

export function newSession(event: TimedEvent & EventOf<'session.opened'>, placeOf: PlaceOf): SessionRow {
  const { session: key, time, intake, peer } = event;
  const row = {
    key,
    time,
    intake,
    peer,
    place: placeOf(peer),
    helo: '',
    tls: '',
    logins: [],
    messages: 0,
    commands: 0,
  };
  return { ...row, words: () => wordsOf(row), facts: sessionFacts(row) };
}

/** What a further event tells of a session. */
export function afterEvent(row: SessionRow, event: TimedEvent): SessionRow {
  const next = changed(row, event);
  return next === row ? row : { ...next, words: () => wordsOf(next), facts: sessionFacts(next) };
}

function changed(row: SessionRow, event: TimedEvent): SessionRow {
  switch (event.event) {
    case 'login.tried': {
      const { mechanism, user = event.raw ?? '', password = '' } = event;
      return { ...row, logins: [...row.logins, { mechanism, user, password }].slice(-mostLogins) };
    }
    case 'tls.started':
      return { ...row, tls: event.version };
    case 'capture.accepted':
      return { ...row, messages: row.messages + 1 };
    case 'session.closed': {
      const { messages, commands, helo = '', endedBy, scan } = event;
      return { ...row, messages, commands, helo, ended: scan ?? endedBy };
    }
    default:
      return row;
  }
}

export function logRow(told: TimedEvent, number: number): LogRow {
  const { time, event } = told;
  const words = () => `${event} ${describe(told)}`;
  return { key: String(number), time, event, level: levelOf(told), told, words };
}

interface Whence {
  readonly intake: string;
  readonly peer: string;
  readonly place: string;
}

/** A place is told in words: a country in two letters, then the network. */
function placeFacts({ intake, peer, place }: Whence): Facts {
  const [, country, network = ''] = /^([A-Z]{2})?\s*(.*)$/.exec(place) ?? [];
  return { intake: [intake], ip: [peer], country: country === undefined ? [] : [country], network: [network] };
}

function sessionFacts(row: Omit<SessionRow, 'words'>): Facts {
  return {
    ...placeFacts(row),
    helo: [row.helo],
    session: [row.key],
    credential: row.logins.flatMap(({ user, password }) => [user, password]),
  };
}

function wordsOf({ intake, peer, place, helo, tls, logins, ended = 'open' }: Omit<SessionRow, 'words'>): string {
  const tried = logins.flatMap(({ user, password }) => [user, password]);
  return [intake, peer, place, helo, tls, ended, ...tried].join(' ');
}
