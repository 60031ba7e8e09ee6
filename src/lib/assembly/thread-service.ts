import { Worker } from 'node:worker_threads';
import { Fault, type FaultDetails } from '../errors.ts';
import type { TimedEvent } from '../events/event.ts';
import type { EventHub } from '../events/hub.ts';
import type { Service } from './service-group.ts';

export type ToThread = { readonly stop: 'drained' | 'now' } | ThreadQuestion;

export interface ThreadQuestion {
  readonly ask: string;
  readonly id: number;
  readonly with: unknown;
}

export type ThreadAnswer =
  { readonly answered: number; readonly answer: unknown } | { readonly answered: number; readonly fault: ThreadFault };

/** What a fault is made of, because an error loses that on its way between threads. */
type ThreadFault = Omit<FaultDetails, 'cause'> & { readonly message: string };

export type FromThread =
  | { readonly events: readonly TimedEvent[] }
  | { readonly ready: unknown }
  | { readonly report: unknown }
  | { readonly fault: ThreadFault }
  | ThreadAnswer;

const lastWait = 2_000;

export interface ThreadService<Told> extends Service {
  /** What the thread said when it was ready. */
  readonly told: Told;
  /** Has the thread do something; throws the Fault with which it refuses. */
  ask(what: string, given?: unknown): Promise<unknown>;
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
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  const hearAnswer = (message: ThreadAnswer) => {
    const question = asked.get(message.answered);
    asked.delete(message.answered);
    if ('fault' in message) question?.reject(new Fault(message.fault.message, message.fault));
    else question?.resolve(message.answer);
  };

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
        else if ('answered' in message) hearAnswer(message);
        else if ('fault' in message) fail(new Fault(message.fault.message, message.fault));
        else for (const event of message.events) hub.pass(event);
      });
      worker.on('error', fail);
      worker.on('exit', (code) => {
        for (const { reject } of asked.values()) reject(threadGone(name));
        asked.clear();
        if (!stopping) fail(new Error(`the thread of "${name}" ended by itself (code ${code})`));
      });
      return ready.promise;
    },
    ask(what, given) {
      if (worker === undefined || worker.threadId === -1) return Promise.reject(threadGone(name));
      const id = ++lastId;
      const question = Promise.withResolvers<unknown>();
      asked.set(id, question);
      tell({ ask: what, id, with: given });
      return question.promise;
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

function threadGone(name: string): Fault {
  return new Fault(`The ${name} of this sensor ${name.endsWith('s') ? 'are' : 'is'} not running.`, {
    code: 'control.not-running',
    fix: 'It is starting or stopping, or has none; ask again in a moment.',
  });
}

// Built, this file is a chunk one folder below the workers' bundles.
function entryOf(name: string): URL {
  const { url } = import.meta;
  return new URL(url.endsWith('.ts') ? `./${name}-worker.ts` : `../${name}-worker.js`, url);
}
