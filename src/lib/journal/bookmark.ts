import { existsSync } from 'node:fs';
import { firstId } from './begin.ts';
import { isRecordStart, journalEnd } from './ends.ts';
import type { JournalLayout } from './layout.ts';
import { isBefore, origin, type Position } from './position.ts';

/** A place that is kept outside the journal, by readers that no writer knows. */
export interface Bookmark extends Position {
  /** The id with which its segment begins: another journal in the same folder has other ones. */
  readonly mark: string;
}

export function bookmarkAt(layout: JournalLayout, { segment, offset }: Position): Bookmark {
  return { segment, offset, mark: markOf(layout, segment) };
}

/** Where to go on: at the bookmark, or at the beginning where the journal is not the one in which it was put. */
export function resume(layout: JournalLayout, { segment, offset, mark }: Bookmark): Position {
  const at = { segment, offset };
  const found = markOf(layout, segment);
  // A segment that is gone was read, and its time had run out.
  const isSame = found === '' || found === mark;
  const end = isSame ? journalEnd(layout, at) : origin;
  return isSame && !isBefore(end, at) && isRecordStart(layout, at, end) ? at : origin;
}

function markOf(layout: JournalLayout, segment: number): string {
  const path = layout.segment(segment);
  return existsSync(path) ? (firstId(path) ?? '') : '';
}
