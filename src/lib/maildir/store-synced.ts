import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Maildir } from './maildir.ts';

/** Puts a message into `new`. Once this resolves, it is there after a loss of power too. */
export async function storeSynced(
  maildir: Maildir,
  folder: string | undefined,
  name: string,
  pieces: readonly Buffer[],
): Promise<void> {
  const directory = maildir.makeDirectory(folder);
  const temporary = join(directory, 'tmp', name);
  const file = await open(temporary, 'w', 0o600);
  try {
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(directory, 'new', name));
  // The folder may be as new as the message.
  for (const path of [join(directory, 'new'), directory, maildir.root]) await syncDirectory(path);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
