import type { Feed } from '../config/feed.ts';
import type { Mailbox } from '../collect/mailbox.ts';
import { readersOfOurs } from '../config/schema/outputs.ts';
import type { Settings } from '../config/schema.ts';
import { exitCodes, Fault, type ExitCode } from '../errors.ts';
import type { EventHub } from '../events/hub.ts';
import type { Dialogue } from '../intake/dialogue.ts';
import { Figures } from '../monitor/figures.ts';
import { budgetPlace } from './cluster/budget.ts';
import { SensorInCluster } from './cluster/sensor-in-cluster.ts';
import { configurationReload, type Configuration } from './control/configuration.ts';
import { controlService, type Program } from './control/control-service.ts';
import { textOf } from './control/given.ts';
import { Offers } from './control/offers.ts';
import { outputOperations } from './control/output-operations.ts';
import { probeOperations } from './control/probe-operations.ts';
import { Reloads } from './control/reloads.ts';
import { sensorState } from './control/sensor-state.ts';
import { deskStart, maildirOf } from './desk-settings.ts';
import { Handovers } from '../collect/handovers.ts';
import { eventsToNobody, eventsToStdout, type EventOutput } from './event-output.ts';
import { hangUpService } from './hang-up-service.ts';
import { healthService } from './health-service.ts';
import { indexService } from './index/index-service.ts';
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
  /** The other sensors with which this one belongs together; undefined where it is on its own. */
  readonly cluster: SensorInCluster | undefined;
  /** What it can read anew while it runs, and what it can be asked for. */
  readonly reloads: Reloads;
  readonly offers: Offers;
  /** Who knows what was said in sessions. */
  readonly dialogues: ((session: string) => Dialogue | undefined)[];
}

/** What every command that runs is started with. */
export interface Run {
  readonly program: Program;
  readonly settings: Settings;
  readonly configuration: Configuration;
  readonly dataDir: string;
  /** Where the systems before this one published. */
  readonly feed?: Feed | undefined;
}

export interface SensorParts extends Run {
  /** The server that Received lines name. */
  readonly software: string;
  /** The name with which it greets, and speaks to other servers. */
  readonly host: string;
  /** Behind a mail server nobody tests a relay. */
  readonly desk: 'open' | 'none';
  /** Whether a broker is offered beside the intakes. */
  readonly broker: 'within' | 'none';
  /** The mailboxes that are collected: what is done to their messages waits for outputs. */
  readonly mailboxes?: readonly Mailbox[];
  /** Where events are shown: as lines, unless somebody has another way to show what happens. */
  readonly events?: 'nowhere' | EventOutput;
  /** Further services, the last to be started: what is shown of all the others. */
  readonly shows?: (around: Surroundings) => readonly Service[];
  /** Told when SIGHUP comes; otherwise everything is read anew. */
  readonly hungUp?: () => void;
  readonly intakes: (surroundings: Surroundings) => readonly Service[];
}

/**
 * The life of every command that takes mail: the journal first, then who steers it, then what reads it, then what
 * fills it.
 */
export async function runSensor(parts: SensorParts): Promise<ExitCode> {
  const { settings, dataDir, software, host, feed, intakes, mailboxes = [], program, configuration } = parts;
  const desk = parts.desk === 'open' && settings.probes.mode !== 'off' ? deskStart(settings, dataDir, host) : undefined;
  const { hub, flush } = eventsOf(parts);
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
    outputs: await planOutputs(configured, {
      embedded: within ? accessWithin(broker.told) : undefined,
      cluster: settings.cluster,
    }),
    sensor: settings.sensor.name,
    software,
    host,
    maildir: maildirOf(settings, dataDir),
    desk: desk && { ...desk, budget: await budgetPlace(settings) },
    daybook: settings.daybook,
  });
  const outputs = threadService('outputs', hub, outputsStart, (report) => handovers.hear(report as OutputReport));
  const hasReaders = desk !== undefined || settings.daybook.keep === 'yes' || Object.keys(configured).length > 0;

  const figures = new Figures(Date.now);
  hub.listen(figures.hear);
  const reloads = new Reloads();
  const offers = new Offers();
  const asked = outputOperations(outputs);
  const cluster = await SensorInCluster.of({
    settings,
    program,
    figures,
    outputs: asked['outputs.list'],
    hub,
  });
  const around = {
    settings,
    dataDir,
    hub,
    journal,
    handovers,
    cluster,
    reloads,
    offers,
    dialogues: [],
  } satisfies Surroundings;
  const state = () =>
    sensorState({ program, dataDir, configuration, figures, journal: 'kept', outputs: asked['outputs.list'] });
  const inForce = { settings, takenUp: mailboxes.length > 0 ? ['collect.mailboxes'] : [] };
  reloads.add('configuration', configurationReload(configuration, inForce, hub.emit));
  offers.add({
    state,
    reload: () => reloads.run(),
    'rules.reload': () => reloads.run('rules'),
    'sessions.dialogue': (given) => dialogueIn(around.dialogues, textOf(given, 'session')),
    ...(hasReaders && asked),
    ...(cluster && { 'cluster.status': () => cluster.status() }),
    ...(desk && probeOperations({ ...settings, dataDir })),
  });
  const services = [
    journal,
    controlService({ program, dataDir, hub, offers }),
    hangUpService(parts.hungUp ?? (() => void reloads.run())),
    ...healthService({ ...settings.health, hub, state, broker: within ? broker : undefined }),
    ...(within ? [broker] : []),
    ...(hasReaders ? [outputs] : []),
    ...intakes(around),
    // After those for whom it is there have said what they want of it, and gone before they are.
    ...(cluster ? [cluster] : []),
    ...(settings.index.live ? [indexService({ dataDir, configuration: configuration.file, emit: hub.emit })] : []),
    ...(parts.shows?.(around) ?? []),
  ];
  try {
    return await runServices({ services, emit: hub.emit, dataDir, drain: settings.shutdown.drain, signals: process });
  } finally {
    await flush();
  }
}

function eventsOf({ events, settings }: SensorParts): EventOutput {
  if (events === 'nowhere') return eventsToNobody(Date.now);
  return events ?? eventsToStdout(settings.log.format, Date.now);
}

function dialogueIn(dialogues: Surroundings['dialogues'], session: string): Dialogue {
  for (const find of dialogues) {
    const found = find(session);
    if (found) return found;
  }
  throw new Fault('That session is over, and no longer remembered.', {
    code: 'sessions.unknown',
    fix: '"spamtrap journal list --sessions" shows what the journal has of it.',
    exit: exitCodes.usage,
  });
}

function accessWithin({ at, access }: BrokerWithin): Access {
  return { host: at.address, port: at.port, tls: undefined, ...access.sensor };
}
