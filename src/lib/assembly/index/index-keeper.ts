import { existsSync, renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../errors.ts';
import { kernelLock, type Lock } from '../../files/kernel-lock.ts';
import { makeDirectory } from '../../files/synced.ts';
import { readDecisions } from '../../index/campaigns/decisions.ts';
import { carryOver } from '../../index/carry-over.ts';
import type { Keeping } from '../../index/expire.ts';
import { IndexWriter } from '../../index/index-writer.ts';
import { indexLayout, type IndexLayout } from '../../index/layout.ts';
import { indexState, isDamage, openToWrite, removeDatabase } from '../../index/open-index.ts';
import type { Progress } from '../../index/progress.ts';
import type { Place } from '../../index/record.ts';
import { bookmarkAt, resume } from '../../journal/bookmark.ts';
import { journalEnd, journalStart } from '../../journal/ends.ts';
import { journalLayout, type JournalLayout } from '../../journal/layout.ts';
import { isBefore, type Position } from '../../journal/position.ts';
import { idOf, JournalReader } from '../../journal/reader.ts';
import { judgementsSince } from '../../judge/judgement-store.ts';
import { fatesSince } from '../../probe/desk/fates.ts';
import { Analyst } from './analyst.ts';

export interface Indexing {
  readonly dataDir: string;
  readonly keeping: Keeping;
  readonly placeOf: (peer: string) => Place;
  readonly now: () => number;
  /** Told after each batch. */
  readonly tell: (step: IndexStep) => void;
  readonly signal?: AbortSignal;
}

export interface IndexStep {
  /** Entries that were added since it began. */
  readonly added: number;
  /** How much of the journal has been read, of what there is to read. */
  readonly share: number;
}

interface Open {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly writer: IndexWriter;
}

/** The database is the reader's own: nobody else writes to it while this lasts. */
export class IndexKeeper {
  readonly #indexing: Indexing;
  readonly #layout: IndexLayout;
  readonly #journal: JournalLayout;
  readonly #lock: Lock;
  readonly #analyst: Analyst;
  #open: Open | undefined;

  private constructor(indexing: Indexing, lock: Lock) {
    this.#indexing = indexing;
    this.#layout = indexLayout(indexing.dataDir);
    this.#journal = journalLayout(indexing.dataDir);
    this.#lock = lock;
    this.#analyst = new Analyst(indexing.dataDir);
  }

  /** Undefined while somebody else keeps it. */
  static open(indexing: Indexing): IndexKeeper | undefined {
    const layout = indexLayout(indexing.dataDir);
    makeDirectory(layout.root);
    const lock = kernelLock(layout.lock);
    return lock && new IndexKeeper(indexing, lock);
  }

  get progress(): Progress {
    return this.#database(this.#layout.database).writer.progress;
  }

  /** Reads on to the end of the journal as it is now. True when there was something to read. */
  async catchUp(): Promise<boolean> {
    try {
      return await this.#readOn(this.#database(this.#layout.database));
    } catch (error) {
      if (!isDamage(error)) throw error;
      // It is not the truth, only what is known of it: the journal has all that it had, as far as it reaches back.
      this.#closeDatabase();
      removeDatabase(this.#layout.database);
      return this.#readOn(this.#database(this.#layout.database));
    }
  }

  /** Makes another database from the journal and puts it in the place of this one, which can be read until then. */
  async rebuild(): Promise<{ readonly carriedOver: number }> {
    this.#closeDatabase();
    const { database } = this.#layout;
    const next = `${database}.new`;
    removeDatabase(next);
    const carriedOver = this.#carryOver(next);
    await this.#readOn(this.#database(next));
    this.#closeDatabase();
    if (this.#indexing.signal?.aborted === true) {
      removeDatabase(next);
      return { carriedOver: 0 };
    }
    removeDatabase(database);
    renameSync(next, database);
    return { carriedOver };
  }

  async close(): Promise<void> {
    this.#analyst.close();
    this.#closeDatabase();
    this.#lock.release();
  }

  async #readOn({ path, writer }: Omit<Open, 'database'>): Promise<boolean> {
    const { keeping, now } = this.#indexing;
    const from = resume(this.#journal, writer.progress);
    const end = journalEnd(this.#journal, from);
    const isBehind = isBefore(from, end);
    if (isBehind) await this.#readUntil(end, from, { path, writer });
    const isChanged = [this.#followProbes(writer), this.#followJudges(writer)].includes(true);
    if (isBehind) writer.expire(keeping, now());
    return isBehind || isChanged;
  }

  async #readUntil(end: Position, from: Position, { path, writer }: Omit<Open, 'database'>): Promise<void> {
    let added = 0;
    let done = 0;
    const total = bytesBetween(from, end);
    let reading = this.#analyst.read(from, end);
    try {
      for (let at = from; isBefore(at, end) && this.#indexing.signal?.aborted !== true;) {
        const { records, next } = await reading;
        // The next batch is taken apart while this one is written.
        reading = this.#analyst.read(next, end);
        if (records.length === 0 || !existsSync(path)) return;
        writer.add(records, bookmarkAt(this.#journal, next));
        added += records.length;
        done += bytesBetween(at, next);
        this.#indexing.tell({ added, share: Math.min(1, done / total) });
        at = next;
      }
    } finally {
      // It answers one question at a time.
      await reading.catch(() => undefined);
    }
  }

  #database(path: string): Open {
    if (this.#open?.path === path && existsSync(path)) return this.#open;
    this.#closeDatabase();
    if (path === this.#layout.database) this.#makeWay();
    const database = openToWrite(path);
    const writer = new IndexWriter(database, this.#indexing.placeOf);
    if (writer.progress.segment === 0) writer.recall(readDecisions(this.#layout.decisions));
    this.#open = { path, database, writer };
    return this.#open;
  }

  /** What cannot be used is removed, unless it may be of use to a newer program. */
  #makeWay(): void {
    const state = indexState(this.#layout);
    if (state === 'newer') throw newerIndex(this.#layout.database);
    if (state !== 'usable') removeDatabase(this.#layout.database);
  }

  #closeDatabase(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  /** Everything that is older than the journal; all of it where the journal has nothing. */
  #carryOver(next: string): number {
    if (indexState(this.#layout) !== 'usable') return 0;
    const { first } = journalStart(this.#journal);
    const reader = new JournalReader(this.#journal, first, () => journalEnd(this.#journal), undefined, 'heads');
    const database = openToWrite(next);
    try {
      const entry = reader.next();
      return carryOver(database, this.#layout.database, entry === undefined ? '~' : idOf(entry));
    } catch (error) {
      // What is damaged is what is made anew.
      if (isDamage(error)) return 0;
      throw error;
    } finally {
      reader.close();
      database.close();
    }
  }

  /** As far as what they are about is known: judges may be ahead of the index. */
  #followJudges(writer: IndexWriter): boolean {
    const newest = writer.newestId;
    const judgements = judgementsSince(this.#indexing.dataDir, writer.progress.judgedTo, mostJudgements);
    const known = judgements.findIndex(({ id }) => id > newest);
    const told = known === -1 ? judgements : judgements.slice(0, known);
    if (told.length > 0) writer.addVerdicts(told, told.at(-1)!.number);
    return told.length > 0;
  }

  #followProbes(writer: IndexWriter): boolean {
    const { dataDir } = this.#indexing;
    // Changes of one moment may become visible one after the other.
    const since = writer.progress.probesTo;
    const fates = fatesSince(dataDir, since);
    const latest = fates.at(-1)?.changedAt ?? since;
    const isNew = latest > since;
    if (isNew) writer.setFates(fates, latest);
    return isNew;
  }
}

function newerIndex(database: string): Fault {
  return new Fault(`The index ${database} was made by a newer spamtrap.`, {
    code: 'index.newer',
    fix: 'Use that one; or, to go back for good, remove the file: it is made anew from the journal.',
  });
}

const mostJudgements = 10_000;
const segmentWeight = 64 * 2 ** 20;

/** Roughly: segments are of one size, mostly. */
function bytesBetween(from: Position, to: Position): number {
  return Math.max(1, (to.segment - from.segment) * segmentWeight + to.offset - from.offset);
}
