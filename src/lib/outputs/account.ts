import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../errors.ts';
import type { JournalLayout } from '../journal/layout.ts';

/** What went wrong last. */
export interface Failure {
  readonly detail: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly attempts: number;
}

/** How an output has been doing, as of a moment. */
export interface AccountState {
  /** While it runs, it is written at least every ten seconds. */
  readonly writtenAt: string;
  readonly ended: boolean;
  readonly startedAt: string;
  /** Messages since the start. */
  readonly delivered: number;
  /** Messages in the last minute. */
  readonly lastMinute: number;
  readonly lastError?: Failure;
  /** Present while nothing is delivered because of errors. */
  readonly failingSince?: string;
}

export interface AccountSettings {
  readonly now: () => number;
  readonly write: (state: AccountState) => void;
}

const writeEvery = 2_000;
const signOfLife = 10_000;
const seconds = 60;

/** Keeps the account of one output. It is written down now and then, for whoever asks while the sensor runs. */
export class Account {
  readonly #settings: AccountSettings;
  readonly #startedAt: number;
  /** Messages in each second of the last minute. */
  readonly #perSecond = new Map<number, number>();
  #delivered = 0;
  #lastError: Failure | undefined;
  #failingSince: number | undefined;
  #writtenAt = 0;
  #isNew = true;

  constructor(settings: AccountSettings) {
    this.#settings = settings;
    this.#startedAt = settings.now();
  }

  delivered(count: number): void {
    const second = Math.floor(this.#settings.now() / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + count);
    for (const old of this.#perSecond.keys()) if (old <= second - seconds) this.#perSecond.delete(old);
    this.#delivered += count;
    const turned = this.#failingSince !== undefined;
    this.#failingSince = undefined;
    this.#changed(turned ? 'turned' : 'as before');
  }

  failed(detail: string, attempts: number): void {
    const now = this.#settings.now();
    this.#lastError = { detail, at: new Date(now).toISOString(), attempts };
    const turned = this.#failingSince === undefined;
    this.#failingSince ??= now;
    this.#changed(turned ? 'turned' : 'as before');
  }

  /** Writes down what has not been yet, if it is time. */
  tick(): void {
    const age = this.#settings.now() - this.#writtenAt;
    if (age >= (this.#isNew ? writeEvery : signOfLife)) this.#write('running');
  }

  end(): void {
    this.#write('ended');
  }

  /** As of now. */
  state(life: 'running' | 'ended' = 'running'): AccountState {
    const now = this.#settings.now();
    return {
      writtenAt: new Date(now).toISOString(),
      ended: life === 'ended',
      startedAt: new Date(this.#startedAt).toISOString(),
      delivered: this.#delivered,
      lastMinute: [...this.#perSecond].reduce((sum, [second, count]) => {
        return second > Math.floor(now / 1000) - seconds ? sum + count : sum;
      }, 0),
      ...(this.#lastError && { lastError: this.#lastError }),
      ...(this.#failingSince !== undefined && { failingSince: new Date(this.#failingSince).toISOString() }),
    };
  }

  #write(life: 'running' | 'ended'): void {
    this.#writtenAt = this.#settings.now();
    this.#isNew = false;
    this.#settings.write(this.state(life));
  }

  #changed(how: 'turned' | 'as before'): void {
    this.#isNew = true;
    if (how === 'turned') this.#writtenAt = 0;
    this.tick();
  }
}

/** Where it is written: beside the cursor, and never synced, because it only matters while the sensor runs. */
export function accountFile(layout: JournalLayout, output: string) {
  const path = join(layout.readers, `${output}.status`);
  return {
    write(state: AccountState): void {
      try {
        writeFileSync(`${path}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch {
        // A full disk is told where it hurts; nothing may fail because it cannot be told how well it goes.
      }
    },
    read(): AccountState | undefined {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as AccountState;
      } catch (error) {
        if (errno(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
  };
}
