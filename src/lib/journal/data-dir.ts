import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import { journalLayout, type JournalLayout } from './layout.ts';

/** Makes the folders of a journal, or says why that cannot be done here. */
export function prepareDataDir(dataDir: string): JournalLayout {
  const layout = journalLayout(dataDir);
  try {
    for (const directory of [layout.root, layout.sides, layout.readers]) makeDurably(directory);
    for (const directory of [dataDir, layout.root]) accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(dataDir, error);
  }
  return layout;
}

const forbidden = ['EACCES', 'EPERM', 'EROFS'];

/** The error itself, or what it means when a file in the directory belongs to somebody else. */
export function orUnwritable(dataDir: string, error: unknown): unknown {
  return forbidden.includes(errno(error) ?? '') ? unwritable(dataDir, error) : error;
}

function unwritable(dataDir: string, error: unknown): Fault {
  return new Fault(`The data directory ${dataDir} cannot be written: ${reason(error)}.`, {
    code: 'data-dir.unwritable',
    fix: 'Let the user that runs spamtrap write everything there, or choose another directory with --data-dir.',
    exit: errno(error) === 'ENOTDIR' ? exitCodes.usage : exitCodes.failed,
    cause: error,
  });
}

// A new folder is only safe once the folder above it has been synced. Folders are made one by one: Node.js never comes
// back from a recursive mkdir below /proc.
function makeDurably(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  makeDurably(parent);
  mkdirSync(directory, { mode: 0o700 });
  const above = openSync(parent, 'r');
  fsyncSync(above);
  closeSync(above);
}
