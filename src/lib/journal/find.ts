import type { Id } from '../capture/id.ts';
import { firstId } from './begin.ts';
import { listSegments, type JournalLayout } from './layout.ts';
import type { Position } from './position.ts';
import { idOf, JournalReader, type CaptureEntry, type EvidenceEntry } from './reader.ts';

/** The message of an id. Ids rise through the journal, so that only what is around its place is read. */
export function findById(layout: JournalLayout, id: Id, end: Position): CaptureEntry | EvidenceEntry | undefined {
  const segment = segmentBefore(layout, id);
  if (segment === undefined) return undefined;
  const reader = new JournalReader(layout, { segment, offset: 0 }, () => end, undefined, 'heads');
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      const found = idOf(entry);
      if (found === id && entry.kind !== 'session') return entry;
      if (found > id) return undefined;
    }
    return undefined;
  } finally {
    reader.close();
  }
}

// A segment begins when there is something to write to it: its own first id is newer than that of its first message.
function segmentBefore(layout: JournalLayout, id: Id): number | undefined {
  const segments = listSegments(layout);
  return segments.findLast((segment) => (firstId(layout.segment(segment)) ?? id) < id) ?? segments[0];
}
