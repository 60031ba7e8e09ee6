import { mkdirSync } from 'node:fs';
import type { CaptureFacts, SessionFacts } from '../../capture/capture.ts';
import type { Id } from '../../capture/id.ts';
import type { RuleMatch } from '../../capture/rule-match.ts';
import { DayFigures, emptyDay } from './day-figures.ts';
import { daybookLayout, isDay, listDays, type DaybookLayout } from './layout.ts';
import { hitsOfMessage, hitsOfSession, RuleHits } from './rule-hits.ts';
import { syncDirectory } from '../../files/synced.ts';
import { stateVersion } from './state-file.ts';
import { summarize, usualRanks, type DaySummary } from './summary.ts';

/** The local date of a moment, `YYYY-MM-DD`. */
export type DayOf = (ms: number) => string;

const mostDays = 62;

/**
 * The figures of each day, counted once although entries of the journal may come again. Every file holds the last id
 * that is counted in it and ignores what is not newer, so that neither a death between two files nor the loss of one
 * makes the figures of another wrong.
 */
export class Daybook {
  readonly #dataDir: string;
  readonly #layout: DaybookLayout;
  readonly #dayOf: DayOf;
  readonly #days = new Set<string>();
  readonly #open = new Map<string, DayFigures>();
  readonly #changed = new Set<string>();
  #rules = new RuleHits();
  #rulesUpTo: Id | undefined;
  #upTo: Id | undefined;
  #savedUpTo: Id | undefined;

  constructor(dataDir: string, dayOf: DayOf) {
    this.#dataDir = dataDir;
    this.#layout = daybookLayout(dataDir);
    this.#dayOf = dayOf;
  }

  /** Up to which id everything is on disk; undefined when there is nothing, or when some of it is gone or damaged. */
  recall(): Id | undefined {
    const state = this.#layout.state.take();
    const rules = this.#layout.rules.take();
    this.#rules = new RuleHits(rules?.hits);
    this.#rulesUpTo = rules?.lastId;
    for (const day of listDays(this.#layout)) if (this.#layout.day(day).take()) this.#days.add(day);
    const isWhole = state !== undefined && rules !== undefined && state.days.every((day) => this.#days.has(day));
    this.#upTo = this.#savedUpTo = isWhole ? state.lastId : undefined;
    return this.#upTo;
  }

  prepare(): void {
    if (mkdirSync(this.#layout.root, { recursive: true, mode: 0o700 }) !== undefined) syncDirectory(this.#dataDir);
  }

  /** Counts a message, and says in which day; undefined when it was counted before or its day is no longer kept. */
  message(facts: CaptureFacts): string | undefined {
    return this.#count(facts.id, facts.receivedAt, hitsOfMessage(facts), (figures) => figures.message(facts));
  }

  session(id: Id, facts: SessionFacts): string | undefined {
    return this.#count(id, facts.closedAt, hitsOfSession(facts), (figures) => figures.session(facts));
  }

  /** The days of which there are figures, oldest first. */
  get days(): readonly string[] {
    return [...this.#days].sort();
  }

  /** Its figures, with so many of the most frequent of everything. */
  summary(day: string): DaySummary | undefined {
    if (!this.#days.has(day)) return undefined;
    const kept = this.#open.get(day)?.kept(this.#upTo!) ?? this.#layout.day(day).take();
    return kept && summarize(kept, usualRanks);
  }

  /** Puts everything that was counted on disk, synced. */
  save(): void {
    const lastId = this.#upTo;
    if (lastId === undefined || lastId === this.#savedUpTo) return;
    const { root, rules, state } = this.#layout;
    this.prepare();
    for (const day of this.#changed) this.#layout.day(day).write(this.#open.get(day)!.kept(lastId));
    const rulesUpTo = isNewer(lastId, this.#rulesUpTo) ? lastId : this.#rulesUpTo!;
    rules.write({ version: stateVersion, lastId: rulesUpTo, hits: this.#rules.kept() });
    syncDirectory(root);
    state.write({ version: stateVersion, lastId, days: this.days });
    syncDirectory(root);
    this.#savedUpTo = lastId;
    this.#letGo();
  }

  #count(id: Id, at: string, matches: readonly RuleMatch[], add: (figures: DayFigures) => void): string | undefined {
    if (!isNewer(id, this.#upTo)) return undefined;
    const figures = this.#figuresOf(this.#dayOf(Date.parse(at)));
    if (isNewer(id, this.#rulesUpTo)) for (const match of matches) this.#rules.count(match, at);
    this.#upTo = id;
    if (!figures || !isNewer(id, figures.lastId)) return undefined;
    add(figures);
    this.#changed.add(figures.day);
    return figures.day;
  }

  #figuresOf(day: string): DayFigures | undefined {
    const open = this.#open.get(day);
    if (open) return open;
    if (!isDay(day) || this.#isTooOld(day)) return undefined;
    const kept = this.#days.has(day) ? this.#layout.day(day).take() : undefined;
    const figures = new DayFigures(kept ?? emptyDay(day));
    this.#open.set(day, figures);
    this.#days.add(day);
    if (this.#days.size > mostDays) this.#forget(this.days[0]!);
    return figures;
  }

  #isTooOld(day: string): boolean {
    return this.#days.size >= mostDays && !this.#days.has(day) && day < this.days[0]!;
  }

  #forget(day: string): void {
    this.#days.delete(day);
    this.#open.delete(day);
    this.#changed.delete(day);
  }

  // Days that nothing came for are not held in memory, and the files of those that are no longer kept go.
  #letGo(): void {
    for (const day of this.#open.keys()) if (!this.#changed.has(day)) this.#open.delete(day);
    this.#changed.clear();
    for (const day of listDays(this.#layout)) if (!this.#days.has(day)) this.#layout.day(day).remove();
  }
}

function isNewer(id: Id, than: Id | undefined): boolean {
  return than === undefined || id > than;
}
