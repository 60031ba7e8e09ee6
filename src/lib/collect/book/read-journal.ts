import type { Book } from './book.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import type { Position } from '../../journal/position.ts';
import { JournalReader } from '../../journal/reader.ts';
import type { Ledger } from '../ledger.ts';

/** Writes down what the journal has and the book does not, in book and ledger: all of it, when the book is new. */
export function readJournalInto(book: Book, ledger: Ledger, layout: JournalLayout, end: Position): void {
  const reader = new JournalReader(layout, book.reached, () => end, undefined, 'heads');
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (entry.kind !== 'capture' || entry.capture.facts.intake !== 'collect') continue;
      if (entry.capture.facts.source === undefined) continue;
      const { source, id, sha256, size } = entry.capture.facts;
      const place = book.place(source);
      // What the book knows already may be further on than waiting.
      if (!book.isKnown(place, source.uid, Number.MAX_SAFE_INTEGER)) {
        book.keep(place, source.uid, { id, sha256, size }, 'waiting');
        ledger.write(place, { state: 'kept', uid: source.uid, id, sha256 });
      }
    }
    ledger.flush();
    book.commit(end);
  } finally {
    reader.close();
  }
}
