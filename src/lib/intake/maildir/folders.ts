import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../../errors.ts';

/** A folder of a maildir, wherever below its root it is. */
export interface Folder {
  readonly path: string;
  /** As it is called below the root; empty for the root itself. */
  readonly name: string;
}

export const parts = ['new', 'cur'] as const;
export type Part = (typeof parts)[number];

const inner: ReadonlySet<string> = new Set(['new', 'cur', 'tmp']);
/** Deeper than anybody sorts mail. */
const deepest = 12;

/** Every folder, those of Maildir++ and those within others, and every place where one may appear. Links are not followed. */
export async function* placesIn(root: string): AsyncGenerator<Folder> {
  const waiting: { readonly folder: Folder; readonly depth: number }[] = [
    { folder: { path: root, name: '' }, depth: 0 },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { folder, depth } = next;
    yield folder;
    if (depth >= deepest) continue;
    for await (const entry of entriesOf(folder.path)) {
      if (!entry.isDirectory() || inner.has(entry.name)) continue;
      const name = folder.name === '' ? entry.name : `${folder.name}/${entry.name}`;
      waiting.push({ folder: { path: join(folder.path, entry.name), name }, depth: depth + 1 });
    }
  }
}

/** One after the other as the system gives them: a folder may hold more names than there is memory. */
export async function* entriesOf(path: string): AsyncGenerator<Dirent> {
  try {
    for await (const entry of await opendir(path, { bufferSize: 256 })) yield entry;
  } catch (error) {
    // It was removed, or never was a folder, or may not be read; what can be read comes with the next look.
    if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes(errno(error) ?? '')) throw error;
  }
}

/** Whether messages are delivered there. */
export async function isMaildir(path: string): Promise<boolean> {
  for (const part of ['cur', 'new', 'tmp']) {
    const found = await stat(join(path, part)).catch(() => undefined);
    if (!found?.isDirectory()) return false;
  }
  return true;
}
