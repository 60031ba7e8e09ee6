import { Book } from '../../collect/book/book.ts';
import { readJournalInto } from '../../collect/book/read-journal.ts';
import { forget, type Forgotten } from '../../collect/forget.ts';
import { collectLayout } from '../../collect/layout.ts';
import { Ledger } from '../../collect/ledger.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { ControlClient } from '../../control/control-client.ts';
import { journalEnd } from '../../journal/ends.ts';
import { journalLayout } from '../../journal/layout.ts';
import { lockDataDir } from '../../journal/lock.ts';

/** Forgets what was collected, by the collector that runs, or else here. */
export async function rescan(
  mailboxes: readonly Mailbox[],
  folder: string | undefined,
  dataDir: string,
): Promise<readonly Forgotten[]> {
  const collector = await ControlClient.connect(dataDir);
  if (collector === undefined) return rescanHere(mailboxes, folder, dataDir);
  try {
    return await collector.ask('mailboxes.rescan', { mailboxes: mailboxes.map(({ name }) => name), folder });
  } finally {
    collector.close();
  }
}

function rescanHere(mailboxes: readonly Mailbox[], folder: string | undefined, dataDir: string): readonly Forgotten[] {
  const layout = collectLayout(dataDir);
  const lock = lockDataDir(dataDir);
  try {
    const book = new Book(layout.book, Date.now);
    const ledger = new Ledger(layout, Date.now);
    // What the journal has and the book does not would else be known again at the next start.
    const end = journalEnd(journalLayout(dataDir));
    readJournalInto(book, ledger, journalLayout(dataDir), end);
    const forgotten = forget({ book, ledger }, mailboxes, folder);
    ledger.close();
    book.commit(end);
    book.sync();
    book.close();
    return forgotten;
  } finally {
    lock.release();
  }
}
