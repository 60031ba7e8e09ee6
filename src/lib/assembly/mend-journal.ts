import { lockDataDir } from '../journal/lock.ts';
import { repairJournal, type Repaired } from '../journal/repair.ts';
import { verifyJournal, type SegmentReport } from '../journal/verify.ts';
import { existingJournal } from './data-dirs.ts';

export function verify(dataDir: string | undefined): AsyncGenerator<SegmentReport> {
  return verifyJournal(existingJournal(dataDir).layout);
}

/** Takes the writer's lock, because it changes segments. */
export async function* repair(dataDir: string | undefined): AsyncGenerator<Repaired> {
  const journal = existingJournal(dataDir);
  const lock = lockDataDir(journal.dataDir);
  try {
    yield* repairJournal(journal.layout);
  } finally {
    lock.release();
  }
}
