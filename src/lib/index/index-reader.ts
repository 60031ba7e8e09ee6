import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Query } from '../query/query.ts';
import { conditionOf } from './condition.ts';
import type { Found, FoundAttachment } from './found.ts';
import { entryKinds, firstTermOf, kindOfTerm, lastTermOf, type EntryKind, type TermKind } from './schema.ts';

export interface Selection {
  readonly query: Query;
  readonly kinds: readonly EntryKind[];
}

/** Something that was mentioned, and in how many entries. */
export interface Counted {
  readonly value: string;
  readonly count: number;
}

export interface Period {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly bytes: number;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

const kindNames = Object.keys(entryKinds) as EntryKind[];

/** Looks into the index. What it is asked for is a query; what it answers is of the moment at which it was asked. */
export class IndexReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Sequence numbers, the newest first. */
  newest(selection: Selection, limit: number): readonly number[] {
    return this.#numbers(selection, 'DESC', limit);
  }

  oldest(selection: Selection, limit: number): readonly number[] {
    return this.#numbers(selection, 'ASC', limit);
  }

  /** Everything that is meant, the oldest first, as far as it was there when the first was asked for. */
  *all(selection: Selection): Generator<Found> {
    const most = 1_000;
    const until = Number(this.#database.prepare('SELECT max(seq) AS last FROM entries').get()?.['last'] ?? 0);
    const { sql, values } = where(selection);
    const page = this.#database.prepare(
      `SELECT seq FROM entries WHERE ${sql} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ${most}`,
    );
    for (let after = 0; ;) {
      const numbers = page.all(...values, after, until).map(numberIn);
      for (const number of numbers) yield this.entry(number);
      if (numbers.length < most) return;
      after = numbers.at(-1)!;
    }
  }

  /** The ids of everything that is meant, the oldest first. */
  *ids(selection: Selection): Generator<string> {
    const { sql, values } = where(selection);
    const rows = this.#database.prepare(`SELECT id FROM entries WHERE ${sql} ORDER BY seq`).iterate(...values);
    for (const row of rows) yield String(row['id']);
  }

  entry(number: number): Found {
    const row = this.#prepared(
      `SELECT entries.*, campaigns.code FROM entries LEFT JOIN campaigns USING (campaign) WHERE seq = ?`,
    ).get(number);
    if (row === undefined) throw new Error(`the index has no entry ${number}`);
    const terms = this.#prepared(
      'SELECT term, value FROM mentions JOIN terms USING (term) WHERE entry = ? ORDER BY term',
    );
    return foundFrom(row, gathered(terms.all(number)), this.#attachments(number));
  }

  /** Of one id, or of all that begin so. */
  entriesOf(beginning: string, limit: number): readonly number[] {
    return this.#database
      .prepare('SELECT seq FROM entries WHERE id >= ?1 AND id < ?2 AND kind != 2 ORDER BY id LIMIT ?3')
      .all(beginning, `${beginning}~`, limit)
      .map(numberIn);
  }

  totals(selection: Selection): Period {
    const { sql, values } = where(selection);
    const row = this.#database
      .prepare(
        `SELECT count(*) AS count, total(size) AS bytes, min(at) AS first, max(at) AS last FROM entries WHERE ${sql}`,
      )
      .get(...values)!;
    return {
      count: Number(row['count']),
      bytes: Number(row['bytes']),
      first: Number(row['first'] ?? 0),
      last: Number(row['last'] ?? 0),
    };
  }

  /** What is mentioned most often. */
  top(selection: Selection, kind: TermKind, limit: number): readonly Counted[] {
    const { sql, values } = where(selection);
    return this.#counted(
      `SELECT value, count(*) AS count FROM entries JOIN mentions ON entry = seq JOIN terms USING (term)
       WHERE term BETWEEN ${firstTermOf(kind)} AND ${lastTermOf(kind)} AND ${sql} GROUP BY term ORDER BY count DESC, value LIMIT ?`,
      [...values, limit],
    );
  }

  /** How many different ones there are. */
  different(selection: Selection, kind: TermKind): number {
    const { sql, values } = where(selection);
    const row = this.#database
      .prepare(
        `SELECT count(DISTINCT term) AS count FROM entries JOIN mentions ON entry = seq JOIN terms USING (term)
         WHERE term BETWEEN ${firstTermOf(kind)} AND ${lastTermOf(kind)} AND ${sql}`,
      )
      .get(...values)!;
    return Number(row['count']);
  }

  /** The same of what an entry has once: its intake, its campaign. */
  topOf(selection: Selection, column: 'intake' | 'campaign', limit: number): readonly Counted[] {
    const { sql, values } = where(selection);
    const value = column === 'campaign' ? `iif(name = '', code, name)` : column;
    const from = column === 'campaign' ? 'entries JOIN campaigns USING (campaign)' : 'entries';
    return this.#counted(
      `SELECT ${value} AS value, count(*) AS count FROM ${from} WHERE ${sql}
       GROUP BY value ORDER BY count DESC, value LIMIT ?`,
      [...values, limit],
    );
  }

  /** How many came in each stretch of so many milliseconds; those without any are left out. */
  over(selection: Selection, step: number): ReadonlyMap<number, number> {
    const { sql, values } = where(selection);
    const rows = this.#database
      .prepare(
        `SELECT CAST(at / ? AS INTEGER) AS stretch, count(*) AS count FROM entries WHERE ${sql} GROUP BY stretch`,
      )
      .all(step, ...values);
    return new Map(rows.map((row) => [Number(row['stretch']) * step, Number(row['count'])]));
  }

  #numbers(selection: Selection, order: 'ASC' | 'DESC', limit: number): readonly number[] {
    const { sql, values } = where(selection);
    return this.#database
      .prepare(`SELECT seq FROM entries WHERE ${sql} ORDER BY seq ${order} LIMIT ?`)
      .all(...values, limit)
      .map(numberIn);
  }

  #attachments(number: number): readonly FoundAttachment[] {
    return this.#prepared(
      `SELECT f.value AS name, t.value AS type, h.value AS sha256, size FROM attachments
       JOIN terms f ON f.term = file JOIN terms t ON t.term = type JOIN terms h ON h.term = hash
       WHERE entry = ? ORDER BY place`,
    )
      .all(number)
      .map((row) => ({
        name: String(row['name']),
        type: String(row['type']),
        size: Number(row['size']),
        sha256: String(row['sha256']),
      }));
  }

  #counted(sql: string, values: readonly (string | number)[]): readonly Counted[] {
    return this.#database
      .prepare(sql)
      .all(...values)
      .map((row) => ({ value: String(row['value']), count: Number(row['count']) }));
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}

export function where({ query, kinds }: Selection): {
  readonly sql: string;
  readonly values: readonly (string | number)[];
} {
  const { sql, values } = conditionOf(query);
  return { sql: `entries.kind IN (${kinds.map((kind) => entryKinds[kind]).join(', ')}) AND ${sql}`, values };
}

function numberIn(row: Row): number {
  return Number(row['seq']);
}

function gathered(rows: readonly Row[]): (kind: TermKind) => readonly string[] {
  const all = new Map<TermKind, string[]>();
  for (const row of rows) {
    const kind = kindOfTerm(Number(row['term']));
    const values = all.get(kind);
    if (values) values.push(String(row['value']));
    else all.set(kind, [String(row['value'])]);
  }
  return (kind) => all.get(kind) ?? [];
}

function foundFrom(
  row: Row,
  terms: (kind: TermKind) => readonly string[],
  attachments: readonly FoundAttachment[],
): Found {
  const text = (name: string) => (row[name] === null || row[name] === '' ? undefined : String(row[name]));
  const one = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
  return {
    id: String(row['id']),
    kind: kindNames[Number(row['kind'])]!,
    time: new Date(Number(row['at'])).toISOString(),
    intake: String(row['intake']),
    ...one('session', text('session')),
    ...one('peer', terms('peer')[0]),
    ...one('country', terms('country')[0]),
    ...one('network', terms('network')[0]),
    ...one('helo', terms('helo')[0]),
    ...one('mailbox', terms('mailbox')[0]),
    ...one('from', terms('from')[0]),
    to: terms('to'),
    recipients: Number(row['recipients']),
    authors: terms('author'),
    readers: terms('reader'),
    ...one('subject', terms('subject')[0]),
    ...one('text', terms('text')[0]),
    size: Number(row['size']),
    ...one('sha256', text('sha256')),
    rules: terms('rule'),
    tags: terms('tag'),
    urls: terms('url'),
    hosts: terms('host'),
    attachments,
    logins: terms('login'),
    users: terms('user'),
    passwords: terms('password'),
    verdicts: terms('verdict'),
    ...one('probe', terms('probe')[0]),
    ...one('scan', terms('scan')[0]),
    ...one('campaign', text('code')),
    ...one('gap', text('gap')),
  };
}
