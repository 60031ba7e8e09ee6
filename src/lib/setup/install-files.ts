import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errno, Fault, reason } from '../errors.ts';
import { syncDirectory } from '../files/synced.ts';
import { printable } from '../text/printable.ts';
import type { ComparedFile } from './compare-files.ts';
import { modes, type PlannedFile } from './planned-file.ts';

export interface InstalledFile {
  readonly path: string;
  /** Where what stood there before has been put aside. */
  readonly backup?: string;
}

/**
 * Puts in place what is new or changed, and nothing else. Whatever can fail for want of room or permission comes first:
 * all files are written beside their places and all backups are made before the first place changes.
 */
export function installFiles(folder: string, compared: readonly ComparedFile[], now: Date): InstalledFile[] {
  const due = compared.filter(({ state }) => state === 'new' || state === 'changed');
  const unfinished: string[] = [];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const written = due.map((each) => {
      const beside = join(dirname(each.path), `.${basename(each.path)}.${process.pid}.tmp`);
      mkdirSync(dirname(each.path), { recursive: true, mode: 0o755 });
      writeDurably(beside, each.file);
      unfinished.push(beside);
      return { ...each, beside };
    });
    const backed = written.map((each) => ({ ...each, ...(each.before && { backup: backUp(each, now) }) }));
    for (const { path, beside } of backed) renameSync(beside, path);
    for (const changed of new Set(backed.map(({ path }) => dirname(path)))) syncDirectory(changed);
    return backed.map(({ path, backup }) => ({ path, ...(backup !== undefined && { backup }) }));
  } catch (error) {
    throw new Fault(`${printable(folder)} cannot be written: ${reason(error)}.`, {
      code: 'setup.unwritable',
      fix: 'Make room or run this as a user who may write there, or choose another folder with --out.',
      cause: error,
    });
  } finally {
    for (const path of unfinished) rmSync(path, { force: true });
  }
}

function writeDurably(path: string, { text, access, group }: PlannedFile): void {
  const mode = modes[access];
  // Never into a file or through a link that somebody has put there.
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    // The mask of the process may have taken bits away.
    fchmodSync(file, mode);
    if (group !== undefined) fchownSync(file, process.getuid!(), group);
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

function backUp({ path, file, before }: ComparedFile, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let count = 0; ; count++) {
    const backup = `${path}.${stamp}${count === 0 ? '' : `.${count}`}.bak`;
    try {
      copyFileSync(path, backup, constants.COPYFILE_EXCL);
      // A secret that others could read is none of theirs in the backup either.
      chmodSync(backup, before!.mode & modes[file.access]);
      return backup;
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error;
    }
  }
}
