import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../config/schema.ts';
import { Fault } from '../../errors.ts';
import { JudgementStore } from '../../judge/judgement-store.ts';
import { journalLayout } from '../../journal/layout.ts';
import { configuredJudges } from './configured-judges.ts';
import { JudgeReader } from './judge-captures.ts';

export interface JudgesStart {
  readonly settings: Settings;
  readonly dataDir: string;
  /** Told what an operator should know. */
  readonly notice: (sentence: string) => void;
}

const glance = 1_000;
const longestRest = 5 * 60_000;

/** All judges that are configured, each at its own pace. */
export class Judges {
  readonly #start: JudgesStart;
  readonly #store: JudgementStore | undefined;
  readonly #readers: readonly JudgeReader[];

  constructor(start: JudgesStart) {
    const { settings, dataDir } = start;
    const judges = configuredJudges(settings.judges, settings.sensor.name);
    this.#start = start;
    this.#store = judges.length === 0 ? undefined : new JudgementStore(dataDir);
    const shared = { store: this.#store!, layout: journalLayout(dataDir), limits: settings.judges, now: Date.now };
    this.#readers = judges.map((judge) => new JudgeReader({ judge, ...shared }));
  }

  /** Once to the end of the journal. Who cannot be reached is left out, and it is said. */
  async catchUp(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#readers.map((reader) =>
        reader.catchUp(signal).catch((error: unknown) => {
          if (!(error instanceof Fault)) throw error;
          this.#start.notice(`${error.message} ${error.fix}`);
        }),
      ),
    );
  }

  /** On and on until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#readers.map((reader) => this.#followOne(reader, signal)));
  }

  close(): void {
    this.#store?.expire(new Date(Date.now() - this.#start.settings.index.maxAge).toISOString());
    this.#store?.close();
  }

  async #followOne(reader: JudgeReader, signal: AbortSignal): Promise<void> {
    let rest = glance;
    while (!signal.aborted) {
      let isBusy = false;
      try {
        isBusy = await reader.catchUp(signal);
        rest = glance;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (rest === glance) this.#start.notice(`${error.message} ${error.fix}`);
        rest = Math.min(rest * 2, longestRest);
      }
      if (!isBusy) await sleep(rest, undefined, { signal }).catch(() => undefined);
    }
  }
}
