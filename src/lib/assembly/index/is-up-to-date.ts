import { indexLayout } from '../../index/layout.ts';
import { indexState, openToRead } from '../../index/open-index.ts';
import { progressOf } from '../../index/progress.ts';
import { resume } from '../../journal/bookmark.ts';
import { journalEnd } from '../../journal/ends.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import { isBefore } from '../../journal/position.ts';
import { judgementsSince } from '../../judge/judgement-store.ts';
import { fatesSince } from '../../probe/desk/fates.ts';

/**
 * Whether the index has all that there is now, found without writing: who only asks need not wait for a disk. False
 * where there is none that can be read.
 */
export function isUpToDate(dataDir: string, journal: JournalLayout): boolean {
  const layout = indexLayout(dataDir);
  if (indexState(layout) !== 'usable') return false;
  const database = openToRead(layout);
  try {
    const progress = progressOf(database);
    const at = resume(journal, progress);
    if (at.segment !== progress.segment || at.offset !== progress.offset) return false;
    if (isBefore(at, journalEnd(journal, at))) return false;
    const fates = fatesSince(dataDir, progress.probesTo);
    return (
      (fates.at(-1)?.changedAt ?? 0) <= progress.probesTo && judgementsSince(dataDir, progress.judgedTo, 1).length === 0
    );
  } catch {
    return false;
  } finally {
    database.close();
  }
}
