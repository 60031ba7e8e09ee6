import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errno, reason } from '../../errors.ts';
import { DeskDamage } from './damage.ts';
import { loadDeskRow, saveDeskRow } from './desk-row.ts';
import type { DeskLayout } from './layout.ts';
import { readMarker, writeMarker } from './marker.ts';
import { applicationId, schema, schemaVersion } from './schema.ts';
import { makeDirectory, syncDirectory } from '../../files/synced.ts';

export interface Opening {
  readonly layout: DeskLayout;
  readonly now: () => number;
  /** 32 hexadecimal digits of chance. */
  readonly newIdentity: () => string;
  /** Milliseconds to wait while another process writes. */
  readonly patience: number;
}

export interface OpenDatabase {
  readonly connection: DatabaseSync;
  readonly identity: string;
  readonly file: string;
}

/**
 * Opens the desk of a data directory, or makes it where there has never been one. Anything that is not exactly as it
 * was left is thrown as damage.
 */
export function openDatabase(opening: Opening): OpenDatabase {
  const { layout, now } = opening;
  const known = readMarker(layout);
  // Only where nothing says that there was one: an empty file is an empty database to SQLite, and a full budget to us.
  if (known === undefined) makeEmptyFile(layout);
  const file = fileAt(layout);
  const connection = new DatabaseSync(layout.database, { timeout: opening.patience });
  try {
    const identity = takeUp(connection, opening, known);
    // First the database, then what says that there is one: the other way round a crash between them would lock us out.
    if (known === undefined) writeMarker(layout, identity, now());
    return { connection, identity, file };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Which file lies there now: one that was removed stays open to us, and would be written to in vain. */
export function fileAt({ database }: DeskLayout): string {
  try {
    const stat = statSync(database, { bigint: true });
    if (!stat.isFile()) throw new DeskDamage(`${database} is no file`);
    return `${stat.dev}:${stat.ino}`;
  } catch (error) {
    if (error instanceof DeskDamage) throw error;
    if (errno(error) === 'ENOENT') throw new DeskDamage(`${database}, which holds the budget, has gone missing`);
    throw new DeskDamage(`${database}, which holds the budget, cannot be found: ${reason(error)}`);
  }
}

export function makeEmptyFile({ directory, database }: DeskLayout): void {
  makeDirectory(directory);
  closeSync(openSync(database, 'a', 0o600));
  syncDirectory(directory);
}

function takeUp(connection: DatabaseSync, { layout, newIdentity }: Opening, known: string | undefined): string {
  // With TRUNCATE a commit is synced to its last step also at FULL; the removal of a file would need EXTRA. A WAL would
  // be faster, but what is cut from it is gone without a word.
  connection.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL');
  connection.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
  connection.exec('BEGIN IMMEDIATE');
  if (known === undefined && isEmpty(connection))
    createTables(connection, newIdentity(), { spentUntil: 0, doubtUntil: 0 });
  checkFormat(connection, layout);
  const found = pragma(connection, 'quick_check(1)');
  if (found !== 'ok') throw new DeskDamage(`${layout.database} is damaged: ${found}`);
  const { identity } = loadDeskRow(connection);
  if (known !== undefined && identity !== known) {
    throw new DeskDamage(`${layout.database} is not the budget that ${layout.marker} names`);
  }
  connection.exec('COMMIT');
  return identity;
}

function isEmpty(connection: DatabaseSync): boolean {
  return connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}

export function createTables(
  connection: DatabaseSync,
  identity: string,
  { spentUntil, doubtUntil }: { readonly spentUntil: number; readonly doubtUntil: number },
): void {
  connection.exec(schema);
  saveDeskRow(connection, { identity, mode: 'off', doubtUntil, spentUntil, firstAttempt: 1, nextAttempt: 1 });
}

function checkFormat(connection: DatabaseSync, { database }: DeskLayout): void {
  if (pragma(connection, 'application_id') !== String(applicationId)) {
    throw new DeskDamage(`${database} is not the desk of a spamtrap`);
  }
  const version = pragma(connection, 'user_version');
  if (version !== String(schemaVersion)) {
    throw new DeskDamage(`${database} has format ${version}, and this spamtrap knows format ${schemaVersion}`);
  }
}

/** What SQLite answers to a pragma in its first row. */
export function pragma(connection: DatabaseSync, name: string): string {
  const [value] = Object.values(connection.prepare(`PRAGMA ${name}`).get() ?? {});
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
