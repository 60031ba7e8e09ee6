import { closeSync, fdatasyncSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Id } from '../capture/id.ts';
import { makeDirectory, syncDirectory } from '../files/synced.ts';
import { isoTime } from '../text/time.ts';
import type { Place } from './book/book.ts';
import { ledgerName, type CollectLayout } from './layout.ts';

/** One thing that happened to messages of a mailbox. */
export type LedgerEntry =
  | { readonly state: 'found' | 'handedOver' | 'vanished'; readonly uids: readonly string[] }
  | { readonly state: 'kept' | 'again'; readonly uid: string; readonly id: Id; readonly sha256: string }
  | { readonly state: 'acting' | 'acted'; readonly action: string; readonly uids: readonly string[] }
  | { readonly state: 'setAside'; readonly output: string; readonly uids: readonly string[] }
  | { readonly state: 'left'; readonly uid: string; readonly why: string }
  | { readonly state: 'renumbered'; readonly from: string }
  | { readonly state: 'rescan' };

export type LedgerLine = {
  readonly time: string;
  readonly account: string;
  readonly folder: string;
  readonly uidValidity: string;
  /**
   * The token under which it was done, where several share the mailbox. Outputs tell what they have at any time: what
   * is handed over or set aside while somebody else has the mailbox is so under none.
   */
  readonly lease?: number;
} & LedgerEntry;

export type LedgerPlace = Pick<Place, 'account' | 'folder' | 'uidValidity'>;

const flushAt = 64 * 2 ** 10;

/**
 * What happened to each message, as lines that are only ever added, a file for each month. Nothing is decided by it:
 * it is there for those who want to know, and for `collect verify`.
 */
export class Ledger {
  readonly #layout: CollectLayout;
  readonly #now: () => number;
  readonly #tokenOf: (account: string) => number | undefined;
  #waiting: string[] = [];
  #size = 0;
  #open: { readonly month: string; readonly file: number } | undefined;

  constructor(
    layout: CollectLayout,
    now: () => number,
    tokenOf: (account: string) => number | undefined = () => undefined,
  ) {
    this.#layout = layout;
    this.#now = now;
    this.#tokenOf = tokenOf;
    makeDirectory(layout.folder);
  }

  write({ account, folder, uidValidity }: LedgerPlace, entry: LedgerEntry): void {
    const lease = this.#tokenOf(account);
    const under = { account, folder, uidValidity, ...(lease !== undefined && { lease }) };
    const line = `${JSON.stringify({ time: isoTime(this.#now()), ...under, ...entry })}\n`;
    this.#waiting.push(line);
    this.#size += line.length;
    if (this.#size >= flushAt) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''));
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file(), bytes, done);
    this.#waiting = [];
    this.#size = 0;
  }

  /** Everything so far survives a loss of power. */
  sync(): void {
    this.flush();
    if (this.#open) fdatasyncSync(this.#open.file);
  }

  close(): void {
    this.flush();
    if (this.#open) closeSync(this.#open.file);
    this.#open = undefined;
  }

  /** Removes the files of months that ended before that time. */
  removeBefore(time: number): void {
    const oldest = monthOf(time);
    for (const name of readdirSync(this.#layout.folder)) {
      const [, month] = ledgerName.exec(name) ?? [];
      if (month !== undefined && month < oldest) rmSync(join(this.#layout.folder, name));
    }
  }

  #file(): number {
    const month = monthOf(this.#now());
    if (this.#open?.month !== month) {
      if (this.#open) closeSync(this.#open.file);
      this.#open = { month, file: openSync(this.#layout.ledger(month), 'a', 0o600) };
      syncDirectory(this.#layout.folder);
    }
    return this.#open.file;
  }
}

function monthOf(time: number): string {
  return isoTime(time).slice(0, 7);
}
