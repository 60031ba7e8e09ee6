import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory } from '../files/synced.ts';
import type { Judgement, JudgeName } from './judge.ts';

export interface StoredJudgement extends Judgement {
  /** Grows with each judgement. */
  readonly number: number;
  readonly id: string;
  readonly judge: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Reached {
  readonly segment: number;
  readonly offset: number;
  readonly mark: string;
}

// What others said at the time cannot be had again, so it is kept apart from the index, which can be made anew.
const schema = `
  CREATE TABLE IF NOT EXISTS judgements (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL,
    judge    TEXT NOT NULL,
    verdicts TEXT NOT NULL,
    detail   TEXT NOT NULL,
    at       TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS judgementsById ON judgements (id, judge);
  CREATE TABLE IF NOT EXISTS reached (
    judge   TEXT PRIMARY KEY,
    segment INTEGER NOT NULL,
    offset  INTEGER NOT NULL,
    mark    TEXT NOT NULL
  ) STRICT;
`;

function fileIn(dataDir: string): string {
  return join(dataDir, 'index', 'judgements.db');
}

/** What judges said, and how far each of them has come: both change together. */
export class JudgementStore {
  readonly #database: DatabaseSync;

  constructor(dataDir: string) {
    const file = fileIn(dataDir);
    makeDirectory(dirname(file));
    this.#database = new DatabaseSync(file, { timeout: 5_000 });
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`);
  }

  reached(judge: JudgeName): Reached {
    const row = this.#database.prepare('SELECT segment, offset, mark FROM reached WHERE judge = ?').get(judge);
    return row === undefined
      ? { segment: 0, offset: 0, mark: '' }
      : { segment: Number(row['segment']), offset: Number(row['offset']), mark: String(row['mark']) };
  }

  /** Judgements that come again, because the place behind them was lost, are those that are there already. */
  add(
    judge: JudgeName,
    judgements: readonly (Judgement & { readonly id: string })[],
    { segment, offset, mark }: Reached,
    at: string,
  ): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const insert = this.#database.prepare(
        'INSERT INTO judgements (id, judge, verdicts, detail, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      );
      for (const { id, verdicts, detail } of judgements) {
        insert.run(id, judge, JSON.stringify(verdicts), detail.toWellFormed().slice(0, 2_000), at);
      }
      this.#database.prepare('INSERT OR REPLACE INTO reached VALUES (?, ?, ?, ?)').run(judge, segment, offset, mark);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Lets go of what is older than a moment. */
  expire(before: string): void {
    this.#database.prepare('DELETE FROM judgements WHERE at < ?').run(before);
  }

  close(): void {
    this.#database.close();
  }
}

/** Judgements behind one of that number, for those who only look; nothing where nobody ever judged. */
export function judgementsSince(dataDir: string, number: number, most: number): readonly StoredJudgement[] {
  return lookUp(dataDir, 'number > ? ORDER BY number LIMIT ?', number, most);
}

export function judgementsOf(dataDir: string, id: string): readonly StoredJudgement[] {
  return lookUp(dataDir, 'id = ? ORDER BY number', id);
}

function lookUp(dataDir: string, where: string, ...values: (string | number)[]): readonly StoredJudgement[] {
  const file = fileIn(dataDir);
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return database
      .prepare(`SELECT * FROM judgements WHERE ${where}`)
      .all(...values)
      .map((row) => ({
        number: Number(row['number']),
        id: String(row['id']),
        judge: String(row['judge']),
        verdicts: JSON.parse(String(row['verdicts'])) as string[],
        detail: String(row['detail']),
        at: String(row['at']),
      }));
  } finally {
    database.close();
  }
}
