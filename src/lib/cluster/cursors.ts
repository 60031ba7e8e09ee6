import type { SourceKey } from '../capture/capture.ts';
import type { Bucket, Kept } from '../nats/bucket.ts';
import { isConflict } from '../nats/bucket.ts';
import { keyOf } from './key.ts';
import { UidSet, type WrittenUids } from './uid-set.ts';

/** What is finished in one folder of one mailbox, as it is written down for all. */
export interface Cursor extends WrittenUids {
  readonly account: string;
  readonly folder: string;
  readonly uidValidity: string;
  /** That of the lease under which it was last written: whoever has an older one is too late. */
  readonly token: number;
}

type FolderKey = Omit<SourceKey, 'uid'>;

/** Somebody else has the mailbox by now. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/** Well below what a server takes in one message. */
const longest = 600_000;
/** Each time somebody else has written in between; more than two never write to one cursor. */
const attempts = 10;

/** The cursor of one folder, in the hands of whoever has the lease. */
export class CursorInHand {
  readonly #shelf: () => Bucket<Cursor>;
  readonly #folder: FolderKey;
  readonly #token: number;
  #done = new UidSet();
  #revision: number | undefined;

  /**
   * Takes it up: from then on whoever had the lease before cannot move it. A lease may outlive the connection by which
   * it was had, so the shelf is asked for each time.
   */
  static async take(shelf: () => Bucket<Cursor>, folder: FolderKey, token: number): Promise<CursorInHand> {
    const cursor = new CursorInHand(shelf, folder, token);
    await cursor.#write(new UidSet());
    return cursor;
  }

  private constructor(shelf: () => Bucket<Cursor>, folder: FolderKey, token: number) {
    this.#shelf = shelf;
    this.#folder = folder;
    this.#token = token;
  }

  get token(): number {
    return this.#token;
  }

  has(uid: string): boolean {
    return this.#done.has(uid);
  }

  /** Resolves when it is written down. Throws TooLate when a newer lease has written there. */
  async add(uids: readonly string[]): Promise<void> {
    const more = new UidSet();
    for (const uid of uids) if (!this.#done.has(uid)) more.add(uid);
    if (more.size > 0) await this.#write(more);
  }

  async #write(more: UidSet): Promise<void> {
    const { account, folder, uidValidity } = this.#folder;
    const key = keyOf(account, folder);
    const bucket = this.#shelf();
    for (let attempt = 1; ; attempt++) {
      if (this.#revision === undefined) this.#learn(await bucket.get(key));
      const all = UidSet.from(this.#done.write(longest));
      all.addAll(more);
      const cursor = { account, folder, uidValidity, token: this.#token, ...all.write(longest) };
      try {
        this.#revision =
          this.#revision === undefined
            ? await bucket.create(key, cursor)
            : await bucket.update(key, cursor, this.#revision);
        this.#done = all;
        return;
      } catch (error) {
        if (!isConflict(error) || attempt === attempts) throw error;
        // Or it was ourselves, and nobody told us so.
        this.#revision = undefined;
      }
    }
  }

  #learn(kept: Kept<Cursor> | undefined): void {
    if (kept === undefined) return;
    const { token, uidValidity } = kept.value;
    if (token > this.#token) throw new TooLate('the mailbox is collected by somebody else by now');
    this.#revision = kept.revision;
    // A server that numbers its messages anew makes all that was known worthless.
    if (uidValidity === this.#folder.uidValidity) this.#done.addAll(UidSet.from(kept.value));
  }
}
