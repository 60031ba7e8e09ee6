import type { SourceKey } from '../../capture/capture.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { CursorInHand, TooLate } from '../../cluster/cursors.ts';
import { keyOf } from '../../cluster/key.ts';
import type { MailboxShare } from '../../cluster/mailbox-share.ts';
import { MailboxElsewhere, type Finished, type FinishedIn } from '../../collect/finished.ts';
import { NatsFault } from '../../nats/nats-fault.ts';

type FolderKey = Omit<SourceKey, 'uid'>;

/** What collecting has to know of others who could collect the same mailboxes. */
export class SharedMailboxes {
  readonly #cluster: Cluster;
  readonly #share: MailboxShare;
  readonly #inHand = new Map<string, CursorInHand>();

  constructor(cluster: Cluster, share: MailboxShare) {
    this.#cluster = cluster;
    this.#share = share;
  }

  name(accounts: readonly string[]): void {
    this.#share.name(accounts);
  }

  get settled(): Promise<void> {
    return this.#share.settled;
  }

  /** What was finished counts as never seen, for all. */
  async forget(folders: readonly FolderKey[]): Promise<void> {
    for (const { account, folder, uidValidity } of folders) {
      this.#inHand.delete(keyOf(account, folder, uidValidity));
      await this.#cluster.shelves.cursors.remove(keyOf(account, folder));
    }
  }

  readonly has = (account: string): boolean => this.#share.has(account);

  readonly tokenOf = (account: string): number | undefined => this.#share.tokenOf(account);

  readonly finished: Finished = {
    in: async (folder) => {
      // Where a number may be given to another message, it does not say what is finished.
      if (folder.uidValidity === '') return { has: () => false, add: async () => void this.#token(folder) };
      const cursor = await this.#inTime(folder, () => this.#cursorFor(folder));
      return {
        has: (uid) => cursor.has(uid),
        add: (uids) => this.#inTime(folder, () => cursor.add(uids)),
      } satisfies FinishedIn;
    },
  };

  async #cursorFor(folder: FolderKey): Promise<CursorInHand> {
    const token = this.#token(folder);
    const key = keyOf(folder.account, folder.folder, folder.uidValidity);
    const known = this.#inHand.get(key);
    if (known?.token === token) return known;
    const cursor = await CursorInHand.take(() => this.#cluster.shelves.cursors, folder, token);
    this.#inHand.set(key, cursor);
    return cursor;
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
      if (error instanceof TooLate) throw new MailboxElsewhere(error.message, { cause: error });
      if (!(error instanceof NatsFault)) throw error;
      throw new MailboxElsewhere(`the cluster cannot be asked: ${error.message}`, { cause: error });
    }
  }
}
