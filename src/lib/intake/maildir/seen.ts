import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeDirectory } from '../../files/synced.ts';
import type { Position } from '../../journal/position.ts';

/** Taken: it was handed on. Passed: it was there before anybody followed. Left: it cannot be taken as it is. */
const states = { taken: 0, passed: 1, left: 2 } as const;
export type SeenState = keyof typeof states;

const version = 1;
const tables = `
  CREATE TABLE reached (segment INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  INSERT INTO reached VALUES (0, 0);
  CREATE TABLE followed (root TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE seen (key BLOB PRIMARY KEY, state INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${version};
`;

/** Enough of a hash that no two messages of this world have the same. */
const keyLength = 12;

/**
 * Which messages of which maildirs are known, by a dozen bytes for each. It is on disk, so that neither a hundred
 * thousand of them nor a new start is a matter of memory.
 */
export class Seen {
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;
  #isOpen = false;

  constructor(path: string) {
    makeDirectory(dirname(path));
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    // What a power failure takes is in the journal, and is read from there; what was only shown is shown again.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const { user_version: found } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found === 0) this.#database.exec(`BEGIN; ${tables} COMMIT`);
    this.#statements = Object.fromEntries(
      Object.entries(sql).map(([name, text]) => [name, this.#database.prepare(text)]),
    ) as Record<keyof typeof sql, StatementSync>;
    // What could not be taken is tried again with each start.
    this.#statements.forget.run(states.left);
  }

  stateOf(root: string, unique: string): SeenState | undefined {
    const row = this.#statements.one.get(keyOf(root, unique)) as { state: number } | undefined;
    if (row === undefined) return undefined;
    return (Object.keys(states) as SeenState[]).find((name) => states[name] === row.state);
  }

  mark(root: string, unique: string, state: SeenState): void {
    this.#begin();
    this.#statements.mark.run(keyOf(root, unique), states[state]);
  }

  unmark(root: string, unique: string): void {
    this.#begin();
    this.#statements.unmark.run(keyOf(root, unique));
  }

  isFollowed(root: string): boolean {
    return this.#statements.isFollowed.get(root) !== undefined;
  }

  follow(root: string): void {
    this.#begin();
    this.#statements.follow.run(root);
  }

  /** What was there before counts as new. */
  forgetPassed(): void {
    this.#begin();
    this.#statements.forget.run(states.passed);
  }

  forgetAll(): void {
    this.#begin();
    this.#database.exec('DELETE FROM seen; DELETE FROM followed');
  }

  /** Up to where in the journal everything is in here. */
  get reached(): Position {
    const { segment, at } = this.#statements.reached.get() as { segment: number; at: number };
    return { segment, offset: at };
  }

  /** From now on the end of the process loses nothing of it. */
  commit(reached?: Position): void {
    if (reached) {
      this.#begin();
      this.#statements.reach.run(reached.segment, reached.offset);
    }
    if (this.#isOpen) this.#database.exec('COMMIT');
    this.#isOpen = false;
  }

  close(): void {
    this.commit();
    this.#database.close();
  }

  #begin(): void {
    if (!this.#isOpen) this.#database.exec('BEGIN');
    this.#isOpen = true;
  }
}

const sql = {
  one: 'SELECT state FROM seen WHERE key = ?',
  mark: 'INSERT INTO seen VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
  unmark: 'DELETE FROM seen WHERE key = ?',
  forget: 'DELETE FROM seen WHERE state = ?',
  isFollowed: 'SELECT 1 FROM followed WHERE root = ?',
  follow: 'INSERT OR IGNORE INTO followed VALUES (?)',
  reached: 'SELECT segment, at FROM reached',
  reach: 'UPDATE reached SET segment = ?, at = ?',
} as const;

function keyOf(root: string, unique: string): Buffer {
  return createHash('sha256').update(`${root}\0${unique}`).digest().subarray(0, keyLength);
}
