import type { Seen } from '../../intake/maildir/seen.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import type { Position } from '../../journal/position.ts';
import { JournalReader } from '../../journal/reader.ts';

const prefix = 'maildir:';

/** Marks what the journal has and is not marked yet: the process may have died between the two. */
export function catchUp(seen: Seen, layout: JournalLayout, end: Position): void {
  const reader = new JournalReader(layout, seen.reached, () => end, undefined, 'heads');
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (entry.kind !== 'capture' || entry.capture.facts.intake !== 'maildir') continue;
      const { source } = entry.capture.facts;
      if (source?.account.startsWith(prefix)) seen.mark(source.account.slice(prefix.length), source.uid, 'taken');
    }
    seen.commit(end);
  } finally {
    reader.close();
  }
}
