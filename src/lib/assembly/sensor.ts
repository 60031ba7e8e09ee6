import type { Feed } from '../config/feed.ts';
import type { Mailbox } from '../collect/mailbox.ts';
import { readersOfOurs } from '../config/schema/outputs.ts';
import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import type { EventHub } from '../events/hub.ts';
import { deskStart, maildirOf } from './desk-settings.ts';
import { Handovers } from '../collect/handovers.ts';
import { eventsToNobody, eventsToStdout } from './event-output.ts';
import { journalService, type JournalService } from './journal-service.ts';
import type { BrokerStart, BrokerWithin } from './open-broker.ts';
import { planOutputs, type Access } from './output-plan.ts';
import type { OutputReport, OutputsStart } from './outputs-start.ts';
import { requiredOutputs, sensorOutputs } from './sensor-outputs.ts';
import { runServices, type Service } from './service-group.ts';
import { threadService } from './thread-service.ts';

/** What an intake's service is given. */
export interface Surroundings {
  readonly settings: Settings;
  readonly dataDir: string;
  readonly hub: EventHub;
  readonly journal: JournalService;
  /** What the required outputs have, for those who collect. */
  readonly handovers: Handovers;
}

export interface SensorParts {
  readonly settings: Settings;
  readonly dataDir: string;
  /** The server that Received lines name. */
  readonly software: string;
  /** The name with which it greets, and speaks to other servers. */
  readonly host: string;
  /** Behind a mail server nobody tests a relay. */
  readonly desk: 'open' | 'none';
  /** Where the systems before this one published. */
  readonly feed?: Feed | undefined;
  /** Whether a broker is offered beside the intakes. */
  readonly broker: 'within' | 'none';
  /** The mailboxes that are collected: what is done to their messages waits for outputs. */
  readonly mailboxes?: readonly Mailbox[];
  /** Where events are shown, unless on standard output. */
  readonly events?: 'nowhere';
  readonly intakes: (surroundings: Surroundings) => readonly Service[];
}

/**
 * The life of every command that takes mail: the journal first, then what reads it, then what fills it. What is to be
 * offered by all of them, such as a control socket, has its place between outputs and intakes.
 */
export async function runSensor(parts: SensorParts): Promise<ExitCode> {
  const { settings, dataDir, software, host, feed, intakes, mailboxes = [] } = parts;
  const desk = parts.desk === 'open' && settings.probes.mode !== 'off' ? deskStart(settings, dataDir, host) : undefined;
  const { hub, flush } =
    parts.events === 'nowhere' ? eventsToNobody(Date.now) : eventsToStdout(settings.log.format, Date.now);
  const within = parts.broker === 'within' && settings.broker.embed;
  const configured = sensorOutputs(settings, feed, within ? 'broker within' : 'no broker');
  const awaited = mailboxes.length > 0 ? requiredOutputs(configured, feed, mailboxes) : [];
  const handovers = new Handovers(awaited);
  const readers = [
    ...Object.keys(configured),
    ...(mailboxes.length > 0 ? [readersOfOurs.collector] : []),
    ...(settings.daybook.keep === 'yes' ? [readersOfOurs.daybook] : []),
    ...(settings.probes.mode === 'off' ? [] : [readersOfOurs.desk]),
  ];
  const journal = journalService(settings, dataDir, hub, readers);
  const broker = threadService<BrokerWithin>('broker', hub, (): BrokerStart => {
    return { settings: settings.broker, dataDir, identities: 'own' };
  });
  const outputsStart = async (): Promise<OutputsStart> => ({
    dataDir,
    tail: journal.opened.tail.memory,
    awaited,
    outputs: await planOutputs(configured, within ? accessWithin(broker.told) : undefined),
    sensor: settings.sensor.name,
    software,
    host,
    maildir: maildirOf(settings, dataDir),
    desk,
    daybook: settings.daybook,
  });
  const outputs = threadService('outputs', hub, outputsStart, (report) => handovers.hear(report as OutputReport));
  const hasReaders = desk !== undefined || settings.daybook.keep === 'yes' || Object.keys(configured).length > 0;
  const services = [
    journal,
    ...(within ? [broker] : []),
    ...(hasReaders ? [outputs] : []),
    ...intakes({ settings, dataDir, hub, journal, handovers }),
  ];
  try {
    return await runServices({ services, emit: hub.emit, dataDir, drain: settings.shutdown.drain, signals: process });
  } finally {
    await flush();
  }
}

function accessWithin({ at, access }: BrokerWithin): Access {
  return { host: at.address, port: at.port, tls: undefined, ...access.sensor };
}
