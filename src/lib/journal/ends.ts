import { readBegin } from './begin.ts';
import { bodyFault } from './body.ts';
import { listSegments, type JournalLayout } from './layout.ts';
import { origin, type Position } from './position.ts';
import { SegmentScanner } from './scan.ts';

/** Where the oldest record stands, and where the segment before it would have ended. */
export function journalStart(layout: JournalLayout): { readonly first: Position; readonly previous?: Position } {
  const oldest = listSegments(layout)[0];
  if (oldest === undefined) return { first: origin };
  const previous = readBegin(layout.segment(oldest))?.previous;
  return { first: { segment: oldest, offset: 0 }, ...(previous && { previous }) };
}

/**
 * The end of the last whole record, found without the writer's help: for commands that only look. Who knows a place
 * where a record begins need not have looked at what is before it.
 */
export function journalEnd(layout: JournalLayout, from: Position = origin): Position {
  const last = listSegments(layout).at(-1);
  if (last === undefined) return origin;
  const scanner = new SegmentScanner(layout.segment(last));
  try {
    const limit = scanner.fileLength;
    let offset = from.segment === last ? from.offset : 0;
    for (;;) {
      const scan = scanner.at(offset, limit);
      if (scan.state !== 'record' || bodyFault(scan.record) !== undefined) return { segment: last, offset };
      offset += scan.record.header.length;
    }
  } finally {
    scanner.close();
  }
}

/** Whether a reader can go on from here: at the start of a record, at an end, or where segments have been removed. */
export function isRecordStart(layout: JournalLayout, { segment, offset }: Position, end: Position): boolean {
  if (offset === 0 || (segment === end.segment && offset === end.offset)) return true;
  if (!listSegments(layout).includes(segment)) return true;
  const scanner = new SegmentScanner(layout.segment(segment));
  try {
    const limit = segment === end.segment ? end.offset : scanner.fileLength;
    const { state } = scanner.at(offset, limit);
    return state === 'record' || state === 'end';
  } finally {
    scanner.close();
  }
}
