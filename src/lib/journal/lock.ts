import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Fault } from '../errors.ts';
import { kernelLock, type Lock } from '../files/kernel-lock.ts';

export type { Lock };

/** One writer for each data directory. */
export function lockDataDir(dataDir: string): Lock {
  const path = join(dataDir, 'lock');
  // A file that may only be read would be opened without complaint, and its exclusive lock would exclude nobody.
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  const lock = kernelLock(path);
  if (lock === undefined) {
    throw new Fault(`Another spamtrap already writes to ${dataDir}${owner(dataDir)}.`, {
      code: 'data-dir.locked',
      fix: 'Stop it first, or give this one a directory of its own with --data-dir.',
      exit: exitCodes.locked,
    });
  }
  try {
    writeFileSync(ownerPath(dataDir), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

const ownerPath = (dataDir: string) => join(dataDir, 'lock.pid');

function owner(dataDir: string): string {
  if (!existsSync(ownerPath(dataDir))) return '';
  return ` (process ${readFileSync(ownerPath(dataDir), 'utf8').trim()})`;
}
