import { Worker } from 'node:worker_threads';
import { Fault, reason } from '../../errors.ts';
import type { Position } from '../../journal/position.ts';
import type { AnalystAnswer, AnalystStart, Batch, Errand } from './analyst-protocol.ts';

/** What one message may cost. Nothing takes nearly as long that is not made to; a busy machine is no reason either. */
export interface AnalystLimits {
  readonly millisecondsEach: number;
  readonly megabytes: number;
}

export const analystLimits: AnalystLimits = { millisecondsEach: 30_000, megabytes: 512 };

/** A message that ends its thread is passed over; when it is not known which, it is the thread that does not work. */
const mostDeaths = 50;

/** Takes the journal apart, batch by batch, in a thread that may fail without anybody else failing. */
export class Analyst {
  readonly #dataDir: string;
  readonly #limits: AnalystLimits;
  readonly #at = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;

  constructor(dataDir: string, limits: AnalystLimits = analystLimits) {
    this.#dataDir = dataDir;
    this.#limits = limits;
  }

  /** The entries behind a place, as many as make a batch. */
  async read(from: Position, end: Position): Promise<Batch> {
    const passedOver = new Map<number, string>();
    for (let deaths = 0; ; deaths++) {
      const outcome = await this.#try({ from, end, passedOver });
      if ('batch' in outcome) return outcome.batch;
      if ('fault' in outcome) throw new Fault(outcome.fault.message, outcome.fault);
      if (passedOver.has(outcome.at) || deaths >= mostDeaths) {
        throw new Error(`the thread that takes messages apart does not work: ${outcome.why}`);
      }
      passedOver.set(outcome.at, `it could not be read: ${outcome.why}`);
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #try(
    errand: Errand,
  ): Promise<AnalystAnswer | { readonly died: true; readonly at: number; readonly why: string }> {
    Atomics.store(this.#at, 0, 0);
    const worker = (this.#worker ??= this.#start());
    const outcome = Promise.withResolvers<AnalystAnswer | { died: true; at: number; why: string }>();
    const die = (why: string) => {
      if (this.#worker === worker) this.#worker = undefined;
      outcome.resolve({ died: true, at: Atomics.load(this.#at, 0), why });
    };
    const onError = (error: unknown) => die(reason(error));
    const onExit = () => die('its thread ended');
    worker.on('message', outcome.resolve).on('error', onError).on('exit', onExit);
    const watch = this.#watch(() => {
      die(`it took longer than ${this.#limits.millisecondsEach / 1000} seconds`);
      void worker.terminate();
    });
    worker.postMessage(errand);
    try {
      return await outcome.promise;
    } finally {
      clearInterval(watch);
      worker.off('message', outcome.resolve).off('error', onError).off('exit', onExit);
    }
  }

  /** Looks from time to time whether it is still the same message. */
  #watch(overdue: () => void): NodeJS.Timeout {
    let [last, since] = [-1, performance.now()];
    return setInterval(() => {
      const at = Atomics.load(this.#at, 0);
      const now = performance.now();
      if (at !== last) [last, since] = [at, now];
      else if (now - since > this.#limits.millisecondsEach) overdue();
    }, this.#limits.millisecondsEach / 10);
  }

  #start(): Worker {
    const start: AnalystStart = { dataDir: this.#dataDir, at: this.#at.buffer };
    const resourceLimits = { maxOldGenerationSizeMb: this.#limits.megabytes };
    // An error that comes late, when nobody waits for this thread any more, must find somebody who listens.
    return new Worker(entry(), { workerData: start, name: 'index-analyst', resourceLimits }).on(
      'error',
      () => undefined,
    );
  }
}

// Built, this file is a chunk one folder below the workers' bundles.
function entry(): URL {
  const { url } = import.meta;
  return new URL(url.endsWith('.ts') ? '../index-analyst-worker.ts' : '../index-analyst-worker.js', url);
}
