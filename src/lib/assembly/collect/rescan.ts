import { Book } from '../../collect/book/book.ts';
import { readJournalInto } from '../../collect/book/read-journal.ts';
import { collectLayout } from '../../collect/layout.ts';
import { Ledger } from '../../collect/ledger.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { journalEnd } from '../../journal/ends.ts';
import { journalLayout } from '../../journal/layout.ts';
import { lockDataDir } from '../../journal/lock.ts';

export interface Forgotten {
  readonly mailbox: string;
  readonly messages: number;
}

/** What was collected of these mailboxes counts as never seen: the next run collects it again, and hands it on again. */
export function rescan(
  mailboxes: readonly Mailbox[],
  folder: string | undefined,
  dataDir: string,
): readonly Forgotten[] {
  const layout = collectLayout(dataDir);
  const lock = lockDataDir(dataDir);
  try {
    const book = new Book(layout.book, Date.now);
    const ledger = new Ledger(layout, Date.now);
    // What the journal has and the book does not would else be known again at the next start.
    const end = journalEnd(journalLayout(dataDir));
    readJournalInto(book, ledger, journalLayout(dataDir), end);
    const forgotten = mailboxes.map(({ name, account }) => {
      for (const place of book.placesOf(account)) {
        if (folder === undefined || place.folder === folder) ledger.write(place, { state: 'rescan' });
      }
      return { mailbox: name, messages: book.forget(account, folder) };
    });
    ledger.sync();
    ledger.close();
    book.commit(end);
    book.sync();
    book.close();
    return forgotten;
  } finally {
    lock.release();
  }
}
