import { mkdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Id } from '../capture/id.ts';
import { errno } from '../errors.ts';
import { everyPart, findMessages, keptParts, pathOf, type FoundMessage } from './find.ts';
import { folderDirectory } from './folder.ts';
import type { Maildir } from './maildir.ts';
import { idInName } from './name.ts';

/** A message in a folder, and where its file is now. */
export interface Located {
  readonly id: Id;
  /** The directory of its folder below the root; empty for the inbox. */
  readonly folder: string;
  readonly found: FoundMessage;
}

/** Where the messages of those ids lie, found in one walk through all folders. */
export async function* locate(maildir: Maildir, ids: ReadonlySet<Id>): AsyncGenerator<Located> {
  const isMeant = (name: string) => {
    const id = idInName(name);
    return id !== undefined && ids.has(id);
  };
  for await (const found of findMessages(maildir.directories(), keptParts, isMeant)) {
    const folder = found.directory.slice(maildir.root.length).replace(/^\//, '');
    yield { id: idInName(found.name)!, folder, found };
  }
}

/** Moves a file to another folder, as it is: read or not, with its flags. False when a client was faster. */
export async function moveTo(maildir: Maildir, folder: string, { found }: Located): Promise<boolean> {
  try {
    await rename(pathOf(found), join(maildir.root, folder, found.part, found.name));
    return true;
  } catch (error) {
    if (errno(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Makes a folder, and says how its directory is called below the root. */
export function readyFolder(maildir: Maildir, name: string | undefined): string {
  maildir.makeDirectory(name);
  return folderDirectory(name);
}

/** Makes a folder again whose directory somebody removed. */
export function remakeFolder(maildir: Maildir, directory: string): void {
  for (const part of everyPart) mkdirSync(join(maildir.root, directory, part), { recursive: true, mode: 0o700 });
}

/** Everything in one folder, with files that never arrived. */
export function messagesIn(maildir: Maildir, folder: string): AsyncGenerator<FoundMessage> {
  return findMessages([join(maildir.root, folder)], everyPart, () => true);
}
