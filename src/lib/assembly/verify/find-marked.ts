import type { OpenFolder } from '../../mailbox/session.ts';

/** So many of the newest are looked at where the server does not say which one it is. */
const newest = 50;
const largest = 2 ** 20;

export interface FoundMessage {
  readonly uid: string;
  readonly bytes: Buffer;
}

/** The message with the mark, whole; undefined when it is not there. */
export async function findMarked(folder: OpenFolder, mark: string, uid?: string): Promise<FoundMessage | undefined> {
  const uids = uid === undefined ? (await folder.find({ which: 'all' })).slice(-newest) : [uid];
  let marked: FoundMessage | undefined;
  // To the end: what comes next on the connection waits for it.
  for await (const { uid: read, content } of folder.read(uids, largest)) {
    if (content.kind === 'whole' && content.bytes.includes(mark)) marked = { uid: read, bytes: content.bytes };
  }
  return marked;
}
