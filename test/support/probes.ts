import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Capture } from '../../src/lib/capture/capture.ts';
import type { Event } from '../../src/lib/events/event.ts';
import { usualLimits, type Limits } from '../../src/lib/probe/budget/limits.ts';
import { Courier, type CourierSettings } from '../../src/lib/probe/courier/courier.ts';
import { nobodyToAsk } from '../../src/lib/probe/budget/shared-budget.ts';
import { Desk } from '../../src/lib/probe/desk/desk.ts';
import { usualRoom, type Room } from '../../src/lib/probe/desk/room.ts';
import type { RecipientPolicy } from '../../src/lib/probe/recipients/choose-recipients.ts';
import { RecipientLists } from '../../src/lib/probe/recipients/recipient-lists.ts';
import type { Endpoint } from '../../src/lib/probe/relay/endpoint.ts';
import type { RelayReport } from '../../src/lib/probe/relay/report.ts';
import type { Relay, RelayJob } from '../../src/lib/probe/relay-job.ts';
import { captureOf, type CaptureDetails } from './captures.ts';

export const noon = Date.parse('2026-11-20T12:00:00.000Z');
export const minute = 60_000;

export interface Clock {
  now: number;
}

export const newIdentity = () => randomBytes(16).toString('hex');

export interface ProbeDetails extends CaptureDetails {
  readonly rule?: string;
  readonly peer?: string;
  readonly text?: string;
}

/** A message that a rule has chosen for the desk. */
export function probeOf({ rule = 'own-address', peer = '192.0.2.1', text, ...details }: ProbeDetails = {}): Capture {
  const capture = captureOf(Buffer.from(text ?? `Subject: 192.0.2.25\r\n\r\n${Math.random()}\r\n`), details);
  const { evidence } = capture.facts;
  return {
    ...capture,
    facts: {
      ...capture.facts,
      rules: {
        revision: 'abc',
        matches: [{ rule, kind: 'probe', hook: 'message', because: 'the subject mentions 192.0.2.25' }],
        probe: rule,
      },
      ...(evidence && { evidence: { ...evidence, peer: { ...evidence.peer, address: peer } } }),
    },
  };
}

export interface OpenedDesk {
  readonly desk: Desk;
  readonly events: Event[];
  readonly clock: Clock;
}

export interface DeskDetails {
  readonly limits?: Limits;
  readonly room?: Partial<Room>;
  readonly clock?: Clock;
  readonly patience?: number;
}

export function openDesk(
  dataDir: string,
  { limits = usualLimits, room, clock = { now: noon }, patience = 5_000 }: DeskDetails = {},
): OpenedDesk {
  const events: Event[] = [];
  const desk = new Desk({
    dataDir,
    room: { ...usualRoom, ...room },
    limits,
    now: () => clock.now,
    newIdentity,
    emit: (event) => events.push(event),
    patience,
  });
  return { desk, events, clock };
}

export const acceptAll: RecipientPolicy = {
  many: 'all-within-budget',
  lists: new RecipientLists({ deny: [] }),
  largest: 2 ** 20,
};
export const firstOnly: RecipientPolicy = { ...acceptAll, many: 'first' };

export function taken(job: RelayJob): RelayReport {
  return {
    outcome: 'relayed',
    why: 'the server took it',
    recipients: job.to.map((address) => ({ address, accepted: true, reply: { code: 250, text: '2.1.5 Ok' } })),
    dotSent: true,
    server: serverOf(job),
    reply: { code: 250, text: '2.0.0 Ok: queued as 4711' },
    queueId: '4711',
    attempts: [],
  };
}

export function serverOf({ domain }: Pick<RelayJob, 'domain'>): Endpoint {
  return { host: `mx.${domain}`, address: '192.0.2.53', port: 25 };
}

/** Nobody was connected to. */
export function unreached(why: string): RelayReport {
  return { outcome: 'unreachable', why, recipients: [], dotSent: false, exception: why, attempts: [] };
}

/** A relay that writes down what it was asked to send, and asks before it does. */
export class RelayBook {
  readonly jobs: RelayJob[] = [];
  readonly #answer: (job: RelayJob) => RelayReport;

  constructor(answer: (job: RelayJob) => RelayReport = taken) {
    this.#answer = answer;
  }

  readonly relay: Relay = async (job, mayStill) => {
    if (!mayStill()) return { ...unreached('told not to'), outcome: 'refused' };
    this.jobs.push(job);
    return this.#answer(job);
  };

  /** Everybody to whom something went. */
  get recipients(): string[] {
    return this.jobs.flatMap(({ to }) => to);
  }
}

/** A relay whose only effect is a line in a file, which is there whatever happens to the process. */
export function ledgerRelay(path: string, say: (word: string) => void = () => undefined): Relay {
  return async (job, mayStill) => {
    if (!mayStill()) throw new Error('nobody has stopped it');
    for (const to of job.to) {
      say('relaying');
      appendFileSync(path, `${job.id} ${to}\n`);
      say('relayed');
    }
    return taken(job);
  };
}

export function courierFor(
  { desk, events }: OpenedDesk,
  relay: Relay,
  details: Partial<CourierSettings> = {},
): Courier {
  return new Courier({
    desk,
    sending: { mode: 'live', policy: firstOnly },
    relay,
    allowance: nobodyToAsk,
    emit: (event) => events.push(event),
    interval: 5,
    ...details,
  });
}

export const never = new AbortController().signal;

export function eventsOf<Name extends Event['event']>(events: readonly Event[], name: Name) {
  return events.filter((event): event is Extract<Event, { event: Name }> => event.event === name);
}
