import { Worker } from 'node:worker_threads';
import { Fault, type FaultDetails } from '../errors.ts';
import type { TimedEvent } from '../events/event.ts';
import type { EventHub } from '../events/hub.ts';
import type { Service } from './service-group.ts';

export type ToThread = { readonly stop: 'drained' | 'now' };

export type FromThread =
  | { readonly events: readonly TimedEvent[] }
  | { readonly ready: unknown }
  | { readonly report: unknown }
  | { readonly fault: Omit<FaultDetails, 'cause'> & { readonly message: string } };

const lastWait = 2_000;

export interface ThreadService<Told> extends Service {
  /** What the thread said when it was ready. */
  readonly told: Told;
}

/**
 * A service in a thread of its own, so that however slow it is, it cannot hold up the thread that talks to peers.
 * What it has to report, beside events, goes to `hear`.
 */
export function threadService<Told = void>(
  name: string,
  hub: EventHub,
  start: () => Promise<object> | object,
  hear: (report: unknown) => void = () => undefined,
): ThreadService<Told> {
  let worker: Worker | undefined;
  let told: { readonly is: Told } | undefined;
  let stopping = false;
  const tell = (message: ToThread) => worker?.postMessage(message);

  return {
    name,
    get told() {
      if (told === undefined) throw new Error(`the thread "${name}" is asked before it is ready`);
      return told.is;
    },
    async start(fatal) {
      const ready = Promise.withResolvers<void>();
      const fail = (error: unknown) => {
        ready.reject(error);
        fatal(error);
      };
      worker = new Worker(entryOf(name), { workerData: await start(), name });
      worker.on('message', (message: FromThread) => {
        if ('ready' in message) {
          told = { is: message.ready as Told };
          ready.resolve();
        } else if ('report' in message) hear(message.report);
        else if ('fault' in message) fail(new Fault(message.fault.message, message.fault));
        else for (const event of message.events) hub.pass(event);
      });
      worker.on('error', fail);
      worker.on('exit', (code) => {
        if (!stopping) fail(new Error(`the thread of "${name}" ended by itself (code ${code})`));
      });
      return ready.promise;
    },
    async stop(hurry) {
      stopping = true;
      const thread = worker;
      if (thread === undefined || thread.threadId === -1) return;
      const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      let lastResort: NodeJS.Timeout | undefined;
      const stopNow = () => {
        tell({ stop: 'now' });
        lastResort = setTimeout(() => void thread.terminate(), lastWait);
      };
      tell({ stop: 'drained' });
      if (hurry.aborted) stopNow();
      else hurry.addEventListener('abort', stopNow, { once: true });
      await exited;
      clearTimeout(lastResort);
      hurry.removeEventListener('abort', stopNow);
    },
  };
}

// Built, this file is a chunk one folder below the workers' bundles.
function entryOf(name: string): URL {
  const { url } = import.meta;
  return new URL(url.endsWith('.ts') ? `./${name}-worker.ts` : `../${name}-worker.js`, url);
}
