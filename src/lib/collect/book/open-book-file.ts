import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reason } from '../../errors.ts';
import { makeDirectory } from '../../files/synced.ts';

const version = 1;

// Indexes hold only what is still to be done: of a million messages that are done none is in them.
const tables = `
  CREATE TABLE reached (segment INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  INSERT INTO reached VALUES (0, 0);
  CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    validity TEXT NOT NULL,
    UNIQUE (account, folder, validity)
  ) STRICT;
  CREATE TABLE message (
    place INTEGER NOT NULL,
    uid TEXT NOT NULL,
    state INTEGER NOT NULL,
    capture TEXT,
    sha256 BLOB,
    size INTEGER NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (place, uid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX waiting ON message (capture) WHERE state = 0;
  CREATE INDEX to_act ON message (place) WHERE state = 1;
  CREATE INDEX gone ON message (day) WHERE state = 5;
  PRAGMA user_version = ${version};
`;

export interface OpenedBook {
  readonly database: DatabaseSync;
  /** Why the file that was there could not be used, if it could not. */
  readonly fault: string | undefined;
}

/** Opens the file or makes a new one: all that it holds can be had from the journal again. */
export function openBookFile(path: string): OpenedBook {
  makeDirectory(dirname(path));
  try {
    return { database: open(path), fault: undefined };
  } catch (error) {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      if (existsSync(file)) renameSync(file, `${file}.damaged`);
    }
    return { database: open(path), fault: reason(error) };
  }
}

/** For those who only look. */
export function readBookFile(path: string): DatabaseSync | undefined {
  return existsSync(path) ? new DatabaseSync(path, { readOnly: true, timeout: 5_000 }) : undefined;
}

export function removeBookFile(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    // A power failure may cost the last transactions; what they held is read from the journal again.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF');
    const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found === 0) database.exec(`BEGIN; ${tables} COMMIT`);
    else if (found !== version) throw new Error(`its version is ${found}, and this program knows ${version}`);
    database.prepare('SELECT segment FROM reached').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
