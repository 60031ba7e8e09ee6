import type { MailboxSession, OpenMailbox } from '../mailbox/session.ts';
import type { Connections } from './connections.ts';
import { chooseFolders, type ChosenFolders } from './folders.ts';
import type { Mailbox } from './mailbox.ts';

/** How mailboxes are reached: by protocol, and within the number of connections that may be open. */
export interface Doorway {
  readonly open: OpenMailbox;
  readonly connections: Connections;
}

/** Opens the mailbox when there is room for one more connection, and closes it when the work is done or has failed. */
export async function throughDoorway<Result>(
  { open, connections }: Doorway,
  { access, account, connections: perAccount }: Mailbox,
  signal: AbortSignal,
  work: (session: MailboxSession) => Promise<Result>,
): Promise<Result> {
  const leave = await connections.take({ host: access.host, account, perAccount }, signal);
  try {
    const session = await open(access, signal);
    const cut = () => session.abandon();
    signal.addEventListener('abort', cut, { once: true });
    try {
      const result = await work(session);
      await session.close();
      return result;
    } finally {
      signal.removeEventListener('abort', cut);
      session.abandon();
    }
  } finally {
    leave();
  }
}

/** The folders that are wanted; a mailbox of which only the inbox is wanted need not list its folders. */
export async function foldersOf({ folders }: Mailbox, session: MailboxSession): Promise<ChosenFolders> {
  if (folders.every((wish) => wish.toUpperCase() === 'INBOX')) return { chosen: ['INBOX'], missing: [] };
  return chooseFolders(folders, await session.folders());
}
