import { describe, levelOf, type Level } from '../events/describe.ts';
import type { EventName, TimedEvent } from '../events/event.ts';
import { Series } from './series.ts';

export interface IntakeFigures {
  readonly messages: number;
  readonly bytes: number;
  readonly refused: number;
  readonly sessions: number;
  readonly open: number;
  readonly rejected: number;
  readonly logins: number;
  /** Messages in each of the last 60 seconds, 60 minutes and 24 hours, the newest last. */
  readonly bySecond: readonly number[];
  readonly byMinute: readonly number[];
  readonly byHour: readonly number[];
}

export interface RuleFigures {
  readonly hits: number;
  readonly kind: string;
  readonly lastAt: string;
}

/** Something that an operator should know of. */
export interface Alert {
  readonly time: string;
  readonly event: EventName;
  readonly level: Level;
  readonly text: string;
}

export interface Listening {
  readonly of: string;
  readonly address: string;
  readonly port: number;
  readonly tls: string;
}

/** What has happened since the start, in numbers. All of it is JSON. */
export interface FiguresAt {
  readonly startedAt: string;
  readonly now: string;
  readonly ready: boolean;
  readonly stopping: string | null;
  readonly refusing: string | null;
  readonly intakes: Readonly<Record<string, IntakeFigures>>;
  readonly probes: { readonly held: number; readonly relayed: number; readonly refused: number };
  readonly rules: Readonly<Record<string, RuleFigures>>;
  readonly listening: readonly Listening[];
  readonly alerts: readonly Alert[];
  readonly events: number;
}

const mostRules = 1_000;
const mostAlerts = 50;
/** Said of single peers by the thousand where there is an attack; the figures tell of them. */
const ofPeers: ReadonlySet<EventName> = new Set([
  'session.rejected',
  'limit.reached',
  'proxy.failed',
  'probe.held',
  'rules.unasked',
]);

class Intake {
  messages = 0;
  bytes = 0;
  refused = 0;
  sessions = 0;
  open = 0;
  rejected = 0;
  logins = 0;
  readonly seconds = new Series(60, 1_000);
  readonly minutes = new Series(60, 60_000);
  readonly hours = new Series(24, 3_600_000);

  took(size: number, now: number): void {
    this.messages++;
    this.bytes += size;
    for (const series of [this.seconds, this.minutes, this.hours]) series.add(now);
  }

  at(now: number): IntakeFigures {
    const { messages, bytes, refused, sessions, open, rejected, logins } = this;
    return {
      messages,
      bytes,
      refused,
      sessions,
      open,
      rejected,
      logins,
      bySecond: this.seconds.counts(now),
      byMinute: this.minutes.counts(now),
      byHour: this.hours.counts(now),
    };
  }
}

/** Counts what is told of a sensor, within bounds, for those who want to know how it is. */
export class Figures {
  readonly #now: () => number;
  readonly #startedAt: string;
  readonly #intakes = new Map<string, Intake>();
  readonly #rules = new Map<string, { hits: number; kind: string; lastAt: string }>();
  readonly #probes = { held: 0, relayed: 0, refused: 0 };
  readonly #listening: Listening[] = [];
  readonly #alerts: Alert[] = [];
  #ready = false;
  #stopping: string | null = null;
  #refusing: string | null = null;
  #events = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = new Date(now()).toISOString();
  }

  /** Takes note of an event. */
  readonly hear = (event: TimedEvent): void => {
    this.#events++;
    this.#count(event);
    const level = levelOf(event);
    if (level !== 'info' && !ofPeers.has(event.event)) this.#alert(event, level);
  };

  at(): FiguresAt {
    const now = this.#now();
    return {
      startedAt: this.#startedAt,
      now: new Date(now).toISOString(),
      ready: this.#ready,
      stopping: this.#stopping,
      refusing: this.#refusing,
      intakes: Object.fromEntries([...this.#intakes].map(([name, intake]) => [name, intake.at(now)])),
      probes: { ...this.#probes },
      rules: Object.fromEntries([...this.#rules].map(([name, rule]) => [name, { ...rule }])),
      listening: this.#listening.slice(),
      alerts: this.#alerts.slice(),
      events: this.#events,
    };
  }

  #count(event: TimedEvent): void {
    switch (event.event) {
      case 'listening':
        this.#listening.push({ of: event.intake, address: event.address, port: event.port, tls: event.tls });
        this.#intake(event.intake);
        return;
      case 'broker.listening':
        this.#listening.push({ of: 'broker', address: event.address, port: event.port, tls: event.tls });
        return;
      case 'ready':
        this.#ready = true;
        return;
      case 'stopping':
        this.#stopping = event.why;
        return;
      case 'journal.refusing':
        this.#refusing = event.detail;
        return;
      case 'journal.resumed':
        this.#refusing = null;
        return;
      case 'session.opened': {
        const intake = this.#intake(event.intake);
        intake.sessions++;
        intake.open++;
        return;
      }
      case 'session.closed':
        this.#intake(event.intake).open--;
        return;
      case 'session.rejected':
        this.#intake(event.intake).rejected++;
        return;
      case 'login.tried':
        this.#intake(event.intake).logins++;
        return;
      case 'capture.accepted':
        return this.#intake(event.intake).took(event.size, this.#now());
      case 'capture.refused':
        this.#intake(event.intake).refused++;
        return;
      case 'mailboxes.loaded':
        this.#intake('collect');
        return;
      case 'rule.matched':
        return this.#matched(event.rule, event.kind, event.time);
      case 'probe.held':
        this.#probes.held++;
        return;
      case 'probe.relayed':
        this.#probes.relayed++;
        return;
      case 'probe.refused':
        this.#probes.refused++;
        return;
    }
  }

  #intake(name: string): Intake {
    let intake = this.#intakes.get(name);
    if (!intake) this.#intakes.set(name, (intake = new Intake()));
    return intake;
  }

  #matched(name: string, kind: string, lastAt: string): void {
    const rule = this.#rules.get(name);
    if (rule) {
      rule.hits++;
      rule.lastAt = lastAt;
    } else if (this.#rules.size < mostRules) this.#rules.set(name, { hits: 1, kind, lastAt });
  }

  #alert(event: TimedEvent, level: Level): void {
    this.#alerts.push({ time: event.time, event: event.event, level, text: describe(event) });
    if (this.#alerts.length > mostAlerts) this.#alerts.shift();
  }
}
