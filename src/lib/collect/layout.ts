import { join } from 'node:path';

export interface CollectLayout {
  readonly folder: string;
  readonly book: string;
  readonly status: string;
  /** The ledger of a month, `2026-11`. */
  ledger(month: string): string;
}

export const ledgerName = /^ledger-(\d{4}-\d{2})\.ndjson$/;

/** What the collector keeps beside the journal. */
export function collectLayout(dataDir: string): CollectLayout {
  const folder = join(dataDir, 'collect');
  return {
    folder,
    book: join(folder, 'book.db'),
    status: join(folder, 'status.json'),
    ledger: (month) => join(folder, `ledger-${month}.ndjson`),
  };
}
