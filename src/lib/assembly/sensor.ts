import type { Feed } from '../config/feed.ts';
import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import type { EventHub } from '../events/hub.ts';
import { deskStart, maildirOf } from './desk-settings.ts';
import { eventsToStdout } from './event-output.ts';
import { journalService, type JournalService } from './journal-service.ts';
import type { BrokerStart, BrokerWithin } from './open-broker.ts';
import { planOutputs, type Access } from './output-plan.ts';
import type { OutputsStart } from './outputs-start.ts';
import { sensorOutputs } from './sensor-outputs.ts';
import { runServices, type Service } from './service-group.ts';
import { threadService } from './thread-service.ts';

/** What an intake's service is given. */
export interface Surroundings {
  readonly settings: Settings;
  readonly dataDir: string;
  readonly hub: EventHub;
  readonly journal: JournalService;
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
  readonly intakes: (surroundings: Surroundings) => readonly Service[];
}

/**
 * The life of every command that takes mail: the journal first, then what reads it, then what fills it. What is to be
 * offered by all of them, such as a control socket, has its place between outputs and intakes.
 */
export async function runSensor(parts: SensorParts): Promise<ExitCode> {
  const { settings, dataDir, software, host, feed, intakes } = parts;
  const desk = parts.desk === 'open' && settings.probes.mode !== 'off' ? deskStart(settings, dataDir, host) : undefined;
  const { hub, flush } = eventsToStdout(settings.log.format, Date.now);
  const within = parts.broker === 'within' && settings.broker.embed;
  const configured = sensorOutputs(settings, feed, within ? 'broker within' : 'no broker');
  const journal = journalService(settings, dataDir, hub, Object.keys(configured));
  const broker = threadService<BrokerWithin>('broker', hub, (): BrokerStart => {
    return { settings: settings.broker, dataDir, identities: 'own' };
  });
  const outputs = threadService('outputs', hub, async (): Promise<OutputsStart> => ({
    dataDir,
    tail: journal.opened.tail.memory,
    outputs: await planOutputs(configured, within ? accessWithin(broker.told) : undefined),
    sensor: settings.sensor.name,
    software,
    host,
    maildir: maildirOf(settings, dataDir),
    desk,
    daybook: settings.daybook,
  }));
  const hasReaders = desk !== undefined || settings.daybook.keep === 'yes' || Object.keys(configured).length > 0;
  const services = [
    journal,
    ...(within ? [broker] : []),
    ...(hasReaders ? [outputs] : []),
    ...intakes({ settings, dataDir, hub, journal }),
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
