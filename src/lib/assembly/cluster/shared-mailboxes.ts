import type { SourceKey } from '../../capture/capture.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { CursorInHand, TooLate } from '../../cluster/cursors.ts';
import { keyOf } from '../../cluster/key.ts';
import type { MailboxShare } from '../../cluster/mailbox-share.ts';
import { MailboxElsewhere, type Finished, type FinishedIn } from '../../collect/finished.ts';
import { NatsFault } from '../../nats/nats-fault.ts';

type FolderKey = Omit<SourceKey, 'uid'>;

/** The cursors that were taken up under one lease, by folder. */
interface UnderLease {
  readonly token: number;
  readonly cursors: Map<string, CursorInHand>;
}

/** What collecting has to know of others who could collect the same mailboxes. */
export class SharedMailboxes {
  readonly #cluster: Cluster;
  readonly #share: MailboxShare;
  readonly #sensor: string;
  readonly #inHand = new Map<string, UnderLease>();

  constructor(cluster: Cluster, share: MailboxShare, sensor: string) {
    this.#cluster = cluster;
    this.#share = share;
    this.#sensor = sensor;
  }

  name(accounts: readonly string[]): void {
    this.#share.name(accounts);
  }

  get settled(): Promise<void> {
    return this.#share.settled;
  }

  /** What was finished counts as never seen, for all; what this sensor knows of it is for the caller to forget. */
  async forget(folders: readonly FolderKey[]): Promise<void> {
    for (const folder of folders) {
      await this.#inTime(folder, async () => (await this.#cursorFor(folder, async () => undefined)).clear());
    }
  }

  readonly has = (account: string): boolean => this.#share.has(account);

  readonly tokenOf = (account: string): number | undefined => this.#share.tokenOf(account);

  readonly finished: Finished = {
    in: async (folder, forget) => {
      // Where a number may be given to another message, it does not say what is finished.
      if (folder.uidValidity === '') return { has: () => false, add: async () => void this.#token(folder) };
      const cursor = await this.#inTime(folder, () => this.#cursorFor(folder, forget));
      return {
        has: (uid) => cursor.has(uid),
        add: (uids) => this.#inTime(folder, () => cursor.add(uids)),
      } satisfies FinishedIn;
    },
  };

  async #cursorFor(folder: FolderKey, forget: () => Promise<void>): Promise<CursorInHand> {
    const { account } = folder;
    const token = this.#token(folder);
    let under = this.#inHand.get(account);
    if (under?.token !== token) this.#inHand.set(account, (under = { token, cursors: new Map() }));
    const key = keyOf(folder.folder, folder.uidValidity);
    const known = under.cursors.get(key);
    if (known) return known;
    const taker = { sensor: this.#sensor, token, isStillOurs: () => this.#isOurs(account, token), forget };
    const cursor = await CursorInHand.take(() => this.#cluster.shelves.cursors, folder, taker);
    under.cursors.set(key, cursor);
    return cursor;
  }

  async #isOurs(account: string, token: number): Promise<boolean> {
    const lease = await this.#cluster.shelves.leases.get(keyOf(account));
    return lease?.value.owner === this.#cluster.session && lease.revision === token;
  }

  #token({ account }: FolderKey): number {
    const token = this.#share.tokenOf(account);
    if (token !== undefined && this.#cluster.isAlive) return token;
    throw new MailboxElsewhere('somebody else is to collect the mailbox');
  }

  async #inTime<Result>(folder: FolderKey, work: () => Promise<Result>): Promise<Result> {
    try {
      this.#token(folder);
      return await work();
    } catch (error) {
      if (error instanceof TooLate) {
        // If it is ours all the same, it is taken up anew.
        this.#inHand.delete(folder.account);
        throw new MailboxElsewhere(error.message, { cause: error });
      }
      if (!(error instanceof NatsFault)) throw error;
      throw new MailboxElsewhere(`the cluster cannot be asked: ${error.message}`, { cause: error });
    }
  }
}
