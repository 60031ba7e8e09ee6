import type { Capture } from '../../capture/capture.ts';
import type { Id } from '../../capture/id.ts';
import { reason } from '../../errors.ts';
import type { Emit } from '../../events/event.ts';
import {
  delivered,
  type Outcome,
  type FactsReader,
  type StateKeeper,
  type Witness,
  type WitnessedEntry,
} from '../output.ts';
import type { ProbeFate } from './day-report.ts';
import { Daybook, type DayOf } from './daybook.ts';
import { daybookLayout } from './layout.ts';
import { LogMails } from './log-mails.ts';
import { MailRounds } from './mail-rounds.ts';

export interface LogMailSettings {
  /** The maildir in whose folder `logs` the mails appear. */
  readonly maildir: string;
  /** The host name from which and to which they go. */
  readonly host: string;
  /** Milliseconds between two versions of a mail. */
  readonly rewriteEvery?: number;
  readonly reportLink?: string | undefined;
  /** A new word of letters and digits at each call. */
  readonly unique: () => string;
  /** The probes of a day and what has become of them so far, oldest first. */
  readonly probesOf: (day: string) => readonly ProbeFate[];
}

export interface DaybookSettings {
  readonly dataDir: string;
  readonly dayOf: DayOf;
  readonly now: () => number;
  readonly emit: Emit;
  /** Without these there are figures, and no mail. */
  readonly mail?: LogMailSettings;
}

const usualRewrite = 60_000;

/** Counts what each day brings, and shows it as one mail for each day. */
export class DaybookOutput implements Witness, StateKeeper, FactsReader {
  readonly reads = 'facts';
  readonly name: string;
  readonly #daybook: Daybook;
  readonly #rounds: MailRounds | undefined;
  #failures = 0;

  constructor(name: string, settings: DaybookSettings) {
    this.name = name;
    this.#daybook = new Daybook(settings.dataDir, settings.dayOf);
    this.#rounds = settings.mail && this.#roundsFor(settings, settings.mail);
  }

  async recall(): Promise<Id | undefined> {
    return this.#daybook.recall();
  }

  async open(): Promise<void> {
    this.#daybook.prepare();
    this.#rounds?.start();
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    for (const { facts } of batch) this.#counted(this.#daybook.message(facts));
    return batch.map(() => delivered);
  }

  async witness(entries: readonly WitnessedEntry[]): Promise<void> {
    for (const entry of entries) {
      if (entry.kind === 'evidence') this.#counted(this.#daybook.message(entry.facts));
      else this.#counted(this.#daybook.session(entry.id, entry.session));
    }
  }

  async checkpoint(): Promise<void> {
    this.#daybook.save();
  }

  async close(): Promise<void> {
    await this.#rounds?.stop();
  }

  #counted(day: string | undefined): void {
    if (day !== undefined) this.#rounds?.touch(day);
  }

  #roundsFor({ dataDir, now, emit }: DaybookSettings, mail: LogMailSettings): MailRounds {
    const { maildir, host, rewriteEvery = usualRewrite, reportLink, unique, probesOf } = mail;
    const mails = new LogMails({ maildir, layout: daybookLayout(dataDir), now, unique, reportLink });
    return new MailRounds({
      figures: this.#daybook,
      host,
      every: rewriteEvery,
      probesOf,
      write: async (report) => {
        await mails.write(report);
        this.#failures = 0;
      },
      // The figures are not held up by a mail that cannot be written.
      failed: (error) => {
        const attempt = ++this.#failures;
        const detail = `the log mail: ${reason(error)}`;
        emit({ event: 'output.failed', output: this.name, detail, attempt, retryInMs: rewriteEvery });
      },
    });
  }
}
