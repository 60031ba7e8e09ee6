import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Fault, reason } from '../../errors.ts';
import type { Position } from '../../journal/position.ts';
import type { AnalystAnswer, Batch, Errand, FromAnalyst } from './analyst-protocol.ts';

/** What one message may cost. Nothing takes nearly as much that is not made to; a busy machine is no reason either. */
export interface AnalystLimits {
  readonly milliseconds: number;
  readonly megabytes: number;
}

export const analystLimits: AnalystLimits = { milliseconds: 60_000, megabytes: 512 };

const mostTogether = 400;

interface Death {
  readonly died: string;
}

/**
 * Takes the journal apart, batch by batch, in a process that may fail without anybody else failing. When it does, the
 * entries of that batch are tried one by one, and the one with which it fails again is passed over.
 */
export class Analyst {
  readonly #dataDir: string;
  readonly #limits: AnalystLimits;
  #child: ChildProcess | undefined;
  #isReady = false;
  /** So many entries are still to be tried one by one. */
  #careful = 0;

  constructor(dataDir: string, limits: AnalystLimits = analystLimits) {
    this.#dataDir = dataDir;
    this.#limits = limits;
  }

  /** The entries behind a place, as many as make a batch; none at the end. */
  async read(from: Position, end: Position): Promise<Batch> {
    for (;;) {
      const most = this.#careful > 0 ? 1 : mostTogether;
      const outcome = await this.#ask({ dataDir: this.#dataDir, from, end, most, passOver: undefined });
      if (!('died' in outcome)) return this.#taken(outcome);
      if (most === 1) return this.#passOver(from, end, outcome.died);
      this.#careful = mostTogether;
    }
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #passOver(from: Position, end: Position, why: string): Promise<Batch> {
    const passOver = `it could not be read: ${why}`;
    const outcome = await this.#ask({ dataDir: this.#dataDir, from, end, most: 1, passOver });
    if ('died' in outcome) {
      throw new Fault(`The process that takes messages apart for the index does not work: ${outcome.died}.`, {
        code: 'index.analyst',
        fix: 'See whether this machine has memory and processes left, and say the same again.',
      });
    }
    return this.#taken(outcome);
  }

  #taken(answer: AnalystAnswer): Batch {
    if ('fault' in answer) throw new Fault(answer.fault.message, answer.fault);
    this.#careful = Math.max(0, this.#careful - answer.batch.records.length);
    return answer.batch;
  }

  async #ask(errand: Errand): Promise<AnalystAnswer | Death> {
    const child = (this.#child ??= this.#start());
    const outcome = Promise.withResolvers<AnalystAnswer | Death>();
    let timer: NodeJS.Timeout | undefined;
    const die = (died: string) => {
      if (this.#child === child) this.#child = undefined;
      child.kill('SIGKILL');
      outcome.resolve({ died });
    };
    const send = () => {
      const { milliseconds } = this.#limits;
      timer = setTimeout(() => die(`it took longer than ${milliseconds / 1_000} seconds`), milliseconds);
      child.send(errand, (error) => error && die(reason(error)));
    };
    const onMessage = (message: FromAnalyst) => {
      if (message !== 'ready') return outcome.resolve(message);
      this.#isReady = true;
      send();
    };
    const onError = (error: unknown) => die(reason(error));
    const onExit = (code: number | null, signal: string | null) => die(`its process ended (${signal ?? code})`);
    child.on('message', onMessage).on('error', onError).on('exit', onExit);
    // How long a machine takes to start a process is no message's fault.
    if (this.#isReady) send();
    try {
      return await outcome.promise;
    } finally {
      clearTimeout(timer);
      child.off('message', onMessage).off('error', onError).off('exit', onExit);
    }
  }

  #start(): ChildProcess {
    this.#isReady = false;
    const child = fork(entry(), {
      execArgv: [`--max-old-space-size=${this.#limits.megabytes}`, '--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // An error that comes late, when nobody waits for it any more, must find somebody who listens.
    child.on('error', () => undefined);
    return child;
  }
}

// Built, this file is a chunk one folder below the workers' bundles.
function entry(): string {
  const { url } = import.meta;
  return fileURLToPath(new URL(url.endsWith('.ts') ? '../index-analyst-worker.ts' : '../index-analyst-worker.js', url));
}
