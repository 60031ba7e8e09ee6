import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Fault, reason } from '../errors.ts';
import type { IndexLayout } from './layout.ts';
import { applicationId, schema, schemaVersion } from './schema.ts';

/** How an index is found: as we know it, or why it is of no use to us. */
export type IndexState = 'usable' | 'absent' | 'older' | 'newer' | 'damaged';

/** Milliseconds to wait while somebody else writes. */
const patience = 5_000;

/** What lies there, found without changing anything. */
export function indexState({ database }: IndexLayout): IndexState {
  if (!existsSync(database)) return 'absent';
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(database, { readOnly: true, timeout: patience });
    return stateOf(connection);
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    throw notRead(database, error);
  } finally {
    connection?.close();
  }
}

/** The index to look into; whoever writes it may go on meanwhile. */
export function openToRead({ database }: IndexLayout): DatabaseSync {
  try {
    const connection = new DatabaseSync(database, { readOnly: true, timeout: patience });
    connection.exec('PRAGMA query_only = ON; PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -65536');
    return connection;
  } catch (error) {
    throw notRead(database, error);
  }
}

/** The index to write to, made where there is none. Whoever asks holds the lock. */
export function openToWrite(database: string): DatabaseSync {
  const connection = new DatabaseSync(database, { timeout: patience });
  // Power loss may take the newest of it: that is read from the journal again. It does not damage it.
  connection.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  connection.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -65536');
  connection.exec('PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY');
  connection.exec('BEGIN IMMEDIATE');
  if (connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) connection.exec(schema);
  connection.exec('COMMIT');
  return connection;
}

/** Puts another database in its place. Who reads the old one reads on in what is no longer there. */
export function removeDatabase(database: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${database}${suffix}`, { force: true });
}

export function isDamage(error: unknown): boolean {
  const { errcode: code, message = '' } = error as { errcode?: number; message?: string };
  const corrupt = 11;
  const notDatabase = 26;
  if (code === undefined) return false;
  // Tables that are not what we make are as good as none.
  return [corrupt, notDatabase].includes(code & 0xff) || /^no such (?:column|table)/.test(message);
}

export function notRead(database: string, error: unknown): Fault {
  return new Fault(`The index ${database} cannot be read: ${reason(error)}.`, {
    code: 'index.unreadable',
    fix: 'If it is not being written at this moment, "spamtrap index rebuild" makes it anew from the journal.',
    cause: error,
  });
}

function stateOf(connection: DatabaseSync): IndexState {
  if (pragma(connection, 'application_id') !== applicationId) {
    // A file of zero bytes is an empty database: one that was being made when the power went.
    return connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined ? 'absent' : 'damaged';
  }
  const version = pragma(connection, 'user_version');
  return version === schemaVersion ? 'usable' : version > schemaVersion ? 'newer' : 'older';
}

function pragma(connection: DatabaseSync, name: string): number {
  return Number(Object.values(connection.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
