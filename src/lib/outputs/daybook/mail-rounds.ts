import { createHash } from 'node:crypto';
import type { DaySummary } from './summary.ts';
import { dayReport, type DayReport, type ProbeFate } from './day-report.ts';

/** Where the rounds get their figures from. */
export interface Figures {
  /** The days of which there are figures, oldest first. */
  readonly days: readonly string[];
  summary(day: string): DaySummary | undefined;
}

export interface MailRoundsSettings {
  readonly figures: Figures;
  readonly host: string;
  readonly every: number;
  readonly probesOf: (day: string) => readonly ProbeFate[];
  readonly write: (report: DayReport) => Promise<void>;
  /** Told when a round could not be made; the next one makes up for it. */
  readonly failed: (error: unknown) => void;
}

/** What became of a probe may change without anything new in the journal, but seldom after so many days. */
const watchedDays = 7;

/** Keeps the mails in step with the figures and with the fates of probes, at a bounded rate. */
export class MailRounds {
  readonly #settings: MailRoundsSettings;
  readonly #touched = new Set<string>();
  readonly #fatesSeen = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(settings: MailRoundsSettings) {
    this.#settings = settings;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#makeRound(), this.#settings.every).unref();
  }

  /** The figures of the day have changed. */
  touch(day: string): void {
    this.#touched.add(day);
  }

  /** Makes a last round. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#round;
    await this.#makeRound();
  }

  #makeRound(): Promise<void> {
    this.#round ??= this.#visit()
      .catch((error: unknown) => this.#settings.failed(error))
      .finally(() => (this.#round = undefined));
    return this.#round;
  }

  async #visit(): Promise<void> {
    const watched = this.#settings.figures.days.slice(-watchedDays);
    for (const day of this.#fatesSeen.keys()) if (!watched.includes(day)) this.#fatesSeen.delete(day);
    for (const day of [...new Set([...this.#touched, ...watched])].sort()) await this.#visitDay(day);
  }

  async #visitDay(day: string): Promise<void> {
    const { figures, host, probesOf, write } = this.#settings;
    const fates = probesOf(day);
    const seen = createHash('sha256').update(JSON.stringify(fates)).digest('hex');
    if (!this.#touched.has(day) && this.#fatesSeen.get(day) === seen) return;
    // Taken off first: what comes while the mail is written belongs to the next round.
    this.#touched.delete(day);
    try {
      const summary = figures.summary(day);
      if (summary) await write(dayReport(summary, host, fates));
      this.#fatesSeen.set(day, seen);
    } catch (error) {
      this.#touched.add(day);
      throw error;
    }
  }
}
