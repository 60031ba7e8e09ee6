import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../config/schema.ts';
import { Fault, reason } from '../../errors.ts';
import { IndexReader } from '../../index/index-reader.ts';
import { indexLayout } from '../../index/layout.ts';
import { indexState, isDamage, openToRead } from '../../index/open-index.ts';
import { progressOf } from '../../index/progress.ts';
import { journalEnd } from '../../journal/ends.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import { isBefore } from '../../journal/position.ts';
import { existingJournal } from '../data-dirs.ts';
import { isUpToDate } from '../index/is-up-to-date.ts';
import { IndexKeeper, type IndexStep } from '../index/index-keeper.ts';
import { placesIn } from '../places.ts';

export interface LookingBack {
  readonly settings: Settings;
  /** `as-is` answers from what the index knows already. */
  readonly update: 'first' | 'as-is';
  readonly progress: (step: IndexStep) => void;
  /** Told what the answer does not say. */
  readonly notice: (sentence: string) => void;
}

export interface LookBack {
  readonly dataDir: string;
  readonly layout: JournalLayout;
  readonly index: IndexReader;
  readonly database: DatabaseSync;
  close(): void;
}

/** So long one waits for the process that keeps the index, if it is behind. */
const patience = 15_000;

/** Opens the index of a data directory, after bringing it up to date; a sensor may run meanwhile. */
export async function openLookBack(looking: LookingBack): Promise<LookBack> {
  const { dataDir, layout } = existingJournal(looking.settings.dataDir);
  if (looking.update === 'first') await bringUpToDate(dataDir, layout, looking);
  const database = openToRead(usableIndex(dataDir));
  return { dataDir, layout, index: new IndexReader(database), database, close: () => database.close() };
}

/** What an error means that came while the index was asked. */
export function lookBackFault(error: unknown): unknown {
  if (!isDamage(error)) return error;
  return new Fault(`The index is damaged: ${reason(error)}.`, {
    code: 'index.damaged',
    fix: '"spamtrap index rebuild" makes it anew from the journal; nothing is lost that is still there.',
    cause: error,
  });
}

export function keepingOf({ index }: Settings) {
  return { maxAge: index.maxAge, maxSize: index.maxSize };
}

async function bringUpToDate(dataDir: string, layout: JournalLayout, looking: LookingBack): Promise<void> {
  const { settings, progress, notice } = looking;
  if (isUpToDate(dataDir, layout)) return;
  const placeOf = await placesIn(settings.geo.files ?? []);
  const keeper = openKeeper({ dataDir, keeping: keepingOf(settings), placeOf, now: Date.now, tell: progress }, notice);
  if (keeper === 'not ours') return;
  if (keeper === undefined) return awaitOther(dataDir, layout, notice);
  try {
    await keeper.catchUp();
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'index.newer') throw error;
    // A journal that is damaged somewhere is no reason not to tell what is known.
    notice(`The index could not be brought up to date: ${error.message} ${error.fix}`);
  } finally {
    await keeper.close();
  }
}

function openKeeper(
  indexing: Parameters<typeof IndexKeeper.open>[0],
  notice: LookingBack['notice'],
): IndexKeeper | undefined | 'not ours' {
  try {
    return IndexKeeper.open(indexing);
  } catch (error) {
    const { code, errcode } = error as { code?: string; errcode?: number };
    const cannotOpen = 14;
    const readOnly = 8;
    const isForbidden =
      ['EACCES', 'EPERM', 'EROFS'].includes(code ?? '') || [cannotOpen, readOnly].includes(errcode ?? 0);
    if (!isForbidden) throw error;
    notice('The index belongs to another user: what came since it was brought up to date is missing here.');
    return 'not ours';
  }
}

/** Somebody else is at it: until it has what is there now. */
async function awaitOther(dataDir: string, layout: JournalLayout, notice: LookingBack['notice']): Promise<void> {
  const end = journalEnd(layout);
  for (const until = Date.now() + patience; Date.now() < until; await sleep(100)) {
    const at = reached(dataDir);
    if (at !== undefined && !isBefore(at, end)) return;
  }
  notice('The index is still being brought up to date: the newest messages are missing here.');
}

function reached(dataDir: string) {
  const layout = indexLayout(dataDir);
  if (indexState(layout) !== 'usable') return undefined;
  const database = openToRead(layout);
  try {
    return progressOf(database);
  } finally {
    database.close();
  }
}

function usableIndex(dataDir: string) {
  const layout = indexLayout(dataDir);
  const state = indexState(layout);
  if (state === 'usable') return layout;
  throw new Fault(`There is no index in ${layout.root} that can be used: it is ${state}.`, {
    code: `index.${state}`,
    fix: state === 'newer' ? 'Use the newer spamtrap.' : '"spamtrap index rebuild" makes it from the journal.',
  });
}
