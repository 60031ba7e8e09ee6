import { Worker } from 'node:worker_threads';
import type { EventHub } from '../events/hub.ts';
import type { FromOutputs, OutputsStart, ToOutputs } from './outputs-message.ts';
import type { Service } from './service-group.ts';

const lastWait = 2_000;

/**
 * All outputs run in one thread of their own: they read the journal from the disk and follow its tail in shared
 * memory, so that nothing downstream, however slow, can hold up the thread that talks to peers.
 */
export function outputsService(hub: EventHub, start: () => OutputsStart): Service {
  let worker: Worker | undefined;
  let stopping = false;
  const tell = (message: ToOutputs) => worker?.postMessage(message);

  return {
    name: 'outputs',
    start(fatal) {
      const ready = Promise.withResolvers<void>();
      worker = new Worker(workerEntry(), { workerData: start(), name: 'outputs' });
      worker.on('message', (message: FromOutputs) => {
        if ('ready' in message) ready.resolve();
        else for (const event of message.events) hub.pass(event);
      });
      worker.on('error', (error) => {
        ready.reject(error);
        fatal(error);
      });
      worker.on('exit', (code) => {
        if (!stopping) fatal(new Error(`the outputs' thread ended by itself (code ${code})`));
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

// Built, this file is a chunk one folder below the worker's bundle.
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './outputs-worker.ts' : '../outputs-worker.js', import.meta.url);
}
