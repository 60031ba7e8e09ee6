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
  /** That of the lease under which it was last written: whoever has another one has to ask who has the lease. */
  readonly token: number;
  /** Sensors that count as never seen what they had collected before it was all to be collected again. */
  readonly forgottenBy?: readonly string[];
}

/** Who takes a cursor into his hands. */
export interface Taker {
  readonly sensor: string;
  readonly token: number;
  /** Whether the lease with that token is ours still, by those who have the last word. */
  readonly isStillOurs: () => Promise<boolean>;
  /** Resolves when the sensor knows nothing more of the folder, and never will again. */
  readonly forget: () => Promise<void>;
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
  readonly #taker: Taker;
  #done = new UidSet();
  #forgottenBy: readonly string[] | undefined;
  #revision: number | undefined;

  /**
   * Takes it up: from then on whoever had the lease before cannot move it. A lease may outlive the connection by which
   * it was had, so the shelf is asked for each time.
   */
  static async take(shelf: () => Bucket<Cursor>, folder: FolderKey, taker: Taker): Promise<CursorInHand> {
    const cursor = new CursorInHand(shelf, folder, taker);
    await cursor.#takeUp();
    return cursor;
  }

  private constructor(shelf: () => Bucket<Cursor>, folder: FolderKey, taker: Taker) {
    this.#shelf = shelf;
    this.#folder = folder;
    this.#taker = taker;
  }

  has(uid: string): boolean {
    return this.#done.has(uid);
  }

  /** Resolves when it is written down. Throws TooLate when a newer lease has written there. */
  async add(uids: readonly string[]): Promise<void> {
    const more = new UidSet();
    for (const uid of uids) if (!this.#done.has(uid)) more.add(uid);
    if (more.size > 0) await this.#change(async () => this.#and(more));
  }

  /** Nothing is finished any more, and whoever takes it up after us forgets too what he has. */
  async clear(): Promise<void> {
    await this.#change(async () => {
      this.#forgottenBy = [this.#taker.sensor];
      return new UidSet();
    });
  }

  async #takeUp(): Promise<void> {
    const { sensor, forget } = this.#taker;
    await this.#change(async () => {
      if (this.#forgottenBy?.includes(sensor) === false) {
        await forget();
        this.#forgottenBy = [...this.#forgottenBy, sensor];
      }
      return this.#and(new UidSet());
    });
  }

  #and(more: UidSet): UidSet {
    const all = UidSet.from(this.#done.write(longest));
    all.addAll(more);
    return all;
  }

  /** Has `changed` called again whenever somebody else has written in between. */
  async #change(changed: () => Promise<UidSet>): Promise<void> {
    const { account, folder, uidValidity } = this.#folder;
    const key = keyOf(account, folder);
    const bucket = this.#shelf();
    for (let attempt = 1; ; attempt++) {
      if (this.#revision === undefined) await this.#learn(await bucket.get(key));
      const done = await changed();
      const forgottenBy = this.#forgottenBy;
      const cursor = {
        account,
        folder,
        uidValidity,
        token: this.#taker.token,
        ...done.write(longest),
        ...(forgottenBy && { forgottenBy }),
      };
      try {
        this.#revision =
          this.#revision === undefined
            ? await bucket.create(key, cursor)
            : await bucket.update(key, cursor, this.#revision);
        this.#done = done;
        return;
      } catch (error) {
        if (!isConflict(error) || attempt === attempts) throw error;
        // Or it was ourselves, and nobody told us so.
        this.#revision = undefined;
      }
    }
  }

  async #learn(kept: Kept<Cursor> | undefined): Promise<void> {
    if (kept === undefined) return;
    const { token, uidValidity, forgottenBy } = kept.value;
    // Leases may be lost with the memory of a server, and those after them have smaller tokens than those before: which
    // one is greater says nothing.
    if (token !== this.#taker.token && !(await this.#taker.isStillOurs())) {
      throw new TooLate('the mailbox is collected by somebody else by now');
    }
    this.#revision = kept.revision;
    // A server that numbers its messages anew makes all that was known worthless.
    if (uidValidity !== this.#folder.uidValidity) return;
    this.#done.addAll(UidSet.from(kept.value));
    this.#forgottenBy = forgottenBy;
  }
}
