import { Book } from '../../collect/book/book.ts';
import { readJournalInto } from '../../collect/book/read-journal.ts';
import { forget, type Forgotten } from '../../collect/forget.ts';
import { collectLayout } from '../../collect/layout.ts';
import { Ledger } from '../../collect/ledger.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { ControlClient } from '../../control/control-client.ts';
import { journalEnd } from '../../journal/ends.ts';
import { journalLayout } from '../../journal/layout.ts';
import { lockDataDir } from '../../journal/lock.ts';

/** Forgets what was collected, by the collector that runs, or else here. */
export async function rescan(
  mailboxes: readonly Mailbox[],
  folder: string | undefined,
  { dataDir, sharing }: { readonly dataDir: string; readonly sharing: 'with others' | 'with nobody' },
): Promise<readonly Forgotten[]> {
  const collector = await ControlClient.connect(dataDir);
  if (collector === undefined) {
    if (sharing === 'with others') throw nobodyHasThem();
    return rescanHere(mailboxes, folder, dataDir);
  }
  try {
    return await collector.ask('mailboxes.rescan', { mailboxes: mailboxes.map(({ name }) => name), folder });
  } finally {
    collector.close();
  }
}

function nobodyHasThem(): Fault {
  return new Fault('Others know too what is finished in these mailboxes, and no collector runs here to tell them.', {
    code: 'cluster.mailboxes',
    fix: 'Start the collector, and say it again once it has the mailboxes (spamtrap cluster leases).',
    exit: exitCodes.usage,
  });
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
