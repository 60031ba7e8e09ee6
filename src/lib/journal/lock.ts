import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { exitCodes, Fault } from '../errors.ts';

export interface Lock {
  release(): void;
}

/**
 * One writer for each data directory. Node.js offers no flock(2), and a file with a pid in it is a race after every
 * crash; SQLite's exclusive lock is a kernel lock that ends with its process, however that ends.
 */
export function lockDataDir(dataDir: string): Lock {
  const path = join(dataDir, 'lock');
  // A file that may only be read would be opened without complaint, and its exclusive lock would exclude nobody.
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    throw new Fault(`Another spamtrap already writes to ${dataDir}${owner(dataDir)}.`, {
      code: 'data-dir.locked',
      fix: 'Stop it first, or give this one a directory of its own with --data-dir.',
      exit: exitCodes.locked,
    });
  }
  try {
    writeFileSync(ownerPath(dataDir), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => database.close() };
}

const sqliteBusy = 5;

const ownerPath = (dataDir: string) => join(dataDir, 'lock.pid');

function owner(dataDir: string): string {
  if (!existsSync(ownerPath(dataDir))) return '';
  return ` (process ${readFileSync(ownerPath(dataDir), 'utf8').trim()})`;
}
