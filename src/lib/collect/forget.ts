import type { SourceKey } from '../capture/capture.ts';
import type { Book } from './book/book.ts';
import type { Ledger } from './ledger.ts';
import type { Mailbox } from './mailbox.ts';

export interface Forgotten {
  readonly mailbox: string;
  readonly messages: number;
}

type FolderKey = Omit<SourceKey, 'uid'>;

interface Known {
  readonly book: Book;
  readonly ledger: Ledger;
}

/** What was collected of a folder counts as never seen. */
export function forgetFolder({ book, ledger }: Known, { account, folder, uidValidity }: FolderKey): void {
  ledger.write({ account, folder, uidValidity }, { state: 'rescan' });
  book.forget(account, folder);
}

/** What was collected of these mailboxes counts as never seen: it is collected again, and handed on again. */
export function forget(
  { book, ledger }: Known,
  mailboxes: readonly Mailbox[],
  folder: string | undefined,
): readonly Forgotten[] {
  const forgotten = mailboxes.map(({ name, account }) => {
    for (const place of book.placesOf(account)) {
      if (folder === undefined || place.folder === folder) ledger.write(place, { state: 'rescan' });
    }
    return { mailbox: name, messages: book.forget(account, folder) };
  });
  ledger.sync();
  return forgotten;
}
