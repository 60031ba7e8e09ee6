import { randomInt } from 'node:crypto';
import { createIdSource } from '../capture/id.ts';
import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import type { EventHub } from '../events/hub.ts';
import { Relay } from '../intake/relay.ts';
import { readerNames } from '../journal/cursor.ts';
import { Journal } from '../journal/journal.ts';
import { mintQueueId } from '../smtp/persona.ts';
import { postfix } from '../smtp/personas/postfix.ts';
import { eventsToStdout } from './event-output.ts';
import { outputsService } from './outputs-service.ts';
import { runServices, type Service } from './service-group.ts';

/** The whole of `spamtrap serve-relay`: one relay, one journal, the configured outputs. */
export async function serveRelay(settings: Settings, dataDir: string): Promise<ExitCode> {
  const { hub, flush } = eventsToStdout(settings.log.format, Date.now);
  const persona = postfix;
  const journal = journalService(settings, dataDir, hub);
  const outputs = outputsService(hub, () => ({
    dataDir,
    tail: journal.opened.tail.memory,
    outputs: settings.outputs,
    sensor: settings.sensor.name,
    software: persona.software,
  }));
  const relay = relayService(settings, journal, hub);
  const services = Object.keys(settings.outputs).length > 0 ? [journal, outputs, relay] : [journal, relay];
  try {
    return await runServices({ services, emit: hub.emit, dataDir, drain: settings.shutdown.drain, signals: process });
  } finally {
    await flush();
  }
}

interface JournalService extends Service {
  readonly opened: Journal;
}

function journalService(settings: Settings, dataDir: string, hub: EventHub): JournalService {
  let journal: Journal | undefined;
  return {
    name: 'journal',
    get opened() {
      if (journal === undefined) throw new Error('the journal is used before it was opened');
      return journal;
    },
    async start() {
      journal = await Journal.open({ dataDir, settings: settings.journal, notify: hub.emit, now: Date.now, randomInt });
      for (const output of readerNames(journal.layout)) {
        if (!Object.hasOwn(settings.outputs, output)) hub.emit({ event: 'output.unconfigured', output });
      }
    },
    async stop() {
      await journal?.close();
    },
  };
}

function relayService(settings: Settings, journal: JournalService, hub: EventHub): Service {
  const { bind, port, hostname, limits } = settings.relay;
  const persona = postfix;
  const ids = createIdSource(Date.now, randomInt);
  let relay: Relay | undefined;
  return {
    name: 'relay',
    async start() {
      relay = new Relay({
        host: hostname,
        persona,
        limits,
        journal: journal.opened,
        emit: hub.emit,
        newSessionId: () => ids.next(),
        newQueueId: () => mintQueueId(persona, randomInt),
        now: Date.now,
      });
      for (const address of bind) await relay.listen(address, port);
    },
    async stop(hurry) {
      await relay?.close(hurry);
    },
  };
}
