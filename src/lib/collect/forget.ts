import type { Book } from './book/book.ts';
import type { Ledger } from './ledger.ts';
import type { Mailbox } from './mailbox.ts';

export interface Forgotten {
  readonly mailbox: string;
  readonly messages: number;
}

/** What was collected of these mailboxes counts as never seen: it is collected again, and handed on again. */
export function forget(
  { book, ledger }: { readonly book: Book; readonly ledger: Ledger },
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
