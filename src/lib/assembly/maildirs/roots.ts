import { realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { stat } from 'node:fs/promises';
import { errno, exitCodes, Fault } from '../../errors.ts';
import { isMaildir } from '../../intake/maildir/folders.ts';
import { printable } from '../../text/printable.ts';

/** How a maildir is called in the records of what was taken from it. */
export function accountOf(root: string): string {
  return `maildir:${root}`;
}

/** What is not there: a mistake of whoever typed it, or a file system that is mounted later. */
export type WhenMissing = 'refused' | 'awaited';

/** The maildirs that are meant, by real path and each once. Throws for what cannot be followed. */
export async function realRoots(
  paths: readonly string[],
  own: readonly string[],
  whenMissing: WhenMissing,
): Promise<readonly string[]> {
  const roots = new Set<string>();
  for (const path of paths) {
    const root = realRoot(path, whenMissing);
    if (whenMissing === 'refused' && !(await isMaildir(root))) {
      throw wrong(`${printable(path)} is no maildir.`, 'Name the folder that has cur, new and tmp in it.');
    }
    const mine = own.find((each) => isWithin(root, each) || isWithin(each, root));
    if (mine !== undefined) {
      const fix = 'Each message would come back for ever. Follow another maildir, or keep ours somewhere else.';
      throw wrong(`${printable(path)} holds what this program itself keeps in ${printable(mine)}.`, fix);
    }
    roots.add(root);
  }
  return [...roots];
}

/** Where this program keeps messages itself, by real path, as far as it is there. */
export function ownPlaces(dataDir: string, maildirs: readonly string[]): readonly string[] {
  return [dataDir, ...maildirs].map((path) => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  });
}

/** Whether a folder is one of our own, also under another name: a bind mount has no path in common. */
export function ownFolders(own: readonly string[]): (path: string) => Promise<boolean> {
  return async (path) => {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return false;
    return own.some((place) => {
      const mine = statSync(place, { throwIfNoEntry: false });
      return mine !== undefined && mine.ino === found.ino && mine.dev === found.dev;
    });
  };
}

function realRoot(path: string, whenMissing: WhenMissing): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (whenMissing === 'awaited') return resolve(path);
    const isMissing = errno(error) === 'ENOENT';
    throw wrong(
      isMissing ? `There is no ${printable(path)}.` : `${printable(path)} cannot be looked into (${errno(error)}).`,
      isMissing ? 'Name a maildir that is there.' : 'Do it as a user who may read it.',
    );
  }
}

function isWithin(path: string, place: string): boolean {
  const way = relative(place, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

function wrong(problem: string, fix: string): Fault {
  return new Fault(problem, { code: 'maildir.unfit', fix, exit: exitCodes.usage });
}
