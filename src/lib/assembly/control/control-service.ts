import { setTimeout as sleep } from 'node:timers/promises';
import { ControlClient } from '../../control/control-client.ts';
import { ControlServer } from '../../control/control-server.ts';
import { EventFeed } from '../../control/event-feed.ts';
import { exitCodes, Fault, reason } from '../../errors.ts';
import type { EventHub } from '../../events/hub.ts';
import type { Service } from '../service-group.ts';
import type { Offers } from './offers.ts';

/** Who runs, as it says itself on its control socket. */
export interface Program {
  readonly command: string;
  readonly version: string;
}

export interface ControlParts {
  readonly program: Program;
  readonly dataDir: string;
  readonly hub: EventHub;
  readonly offers: Offers;
}

/** A moment for the answer to "stop" to be read. */
const farewell = 50;

/** Lets a running command be watched and steered by those who may use its data directory. */
export function controlService({ program, dataDir, hub, offers }: ControlParts): Service {
  const over = Promise.withResolvers<string>();
  let server: ControlServer | undefined;
  offers.add({
    stop() {
      void sleep(farewell).then(() => over.resolve('asked to by "spamtrap stop"'));
      return `${program.command} drains and stops.`;
    },
  });
  return {
    name: 'control',
    over: over.promise,
    async start() {
      await refuseSecond(dataDir);
      try {
        server = await ControlServer.open({
          dataDir,
          greeting: { ...program, pid: process.pid },
          operations: offers.operations,
          feed: new EventFeed(hub),
          dropped: (detail) => hub.emit({ event: 'control.dropped', detail }),
        });
      } catch (error) {
        // A file system may have no sockets. Mail is taken all the same.
        hub.emit({ event: 'control.failed', detail: reason(error) });
      }
    },
    async stop() {
      server?.close();
    },
  };
}

// A command without a journal has no lock that would keep a second one away.
async function refuseSecond(dataDir: string): Promise<void> {
  const other = await ControlClient.connect(dataDir).catch(() => undefined);
  if (other === undefined) return;
  const { command, pid } = other.greeting;
  other.close();
  throw new Fault(`A spamtrap ${command} already runs on ${dataDir} (process ${pid}).`, {
    code: 'data-dir.locked',
    fix: 'Stop it first, or give this one a directory of its own with --data-dir.',
    exit: exitCodes.locked,
  });
}
