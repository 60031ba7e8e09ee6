import type { SourceKey } from '../capture/capture.ts';

type FolderKey = Omit<SourceKey, 'uid'>;

/** What is finished in one folder: handed over, and done with on its server. */
export interface FinishedIn {
  has(uid: string): boolean;
  /** Writes down that these are finished too. Rejects with MailboxElsewhere when somebody else has the mailbox. */
  add(uids: readonly string[]): Promise<void>;
}

/** What all who share mailboxes have finished. Each of them knows from its journal only what it has done itself. */
export interface Finished {
  /**
   * Asked whenever a folder is opened. From then on nobody who had the mailbox before can add anything. Has `forget`
   * called when everything in it is to be collected again, and we do not know that yet.
   */
  in(folder: FolderKey, forget: () => Promise<void>): Promise<FinishedIn>;
}

const nothing: FinishedIn = {
  has: () => false,
  add: async () => undefined,
};

/** For those who collect alone. */
export const nobodyElse: Finished = { in: async () => nothing };

/** The mailbox is somebody else's by now, or nobody can say whose it is. */
export class MailboxElsewhere extends Error {
  override readonly name = 'MailboxElsewhere';
}
