import { DatabaseSync } from 'node:sqlite';

export interface Lock {
  release(): void;
}

const sqliteBusy = 5;

/**
 * Excludes all others who ask for the same file. Node.js offers no flock(2), and a file with a pid in it is a race after
 * every crash; SQLite's exclusive lock is a kernel lock that ends with its process, however that ends. Undefined when
 * somebody else has it. Whoever waits has to ask again: two who waited here would wait for each other, because each keeps
 * what it needs to look.
 */
export function kernelLock(path: string): Lock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    return undefined;
  }
  return { release: () => database.close() };
}
