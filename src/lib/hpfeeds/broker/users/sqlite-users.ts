import { DatabaseSync } from 'node:sqlite';
import { reason } from '../../../errors.ts';
import type { UserList } from './user-list.ts';

export const sqliteMagic = 'SQLite format 3\0';

interface Table {
  readonly name: string;
  readonly query: string;
}

/** The two forms in which the reference has kept its users. Lists are JSON in a text. */
const tables: readonly Table[] = [
  {
    name: 'authkeys',
    query: 'select ident, secret, owner, pubchans as publishes, subchans as subscribes from authkeys',
  },
  {
    name: 'auth_keys',
    query:
      "select identifier as ident, secret, '' as owner, publish as publishes, subscribe as subscribes from auth_keys",
  },
];

export function readSqliteUsers(path: string, shown: string, users: UserList): void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const present = new Set(database.prepare("select name from sqlite_master where type = 'table'").all().map(nameOf));
    const found = tables.filter(({ name }) => present.has(name));
    if (found.length === 0) users.faults.add({ origin: shown, problem: 'has neither a table authkeys nor auth_keys' });
    for (const { name, query } of found) {
      for (const row of database.prepare(query).all()) addRow(users, `${shown}:${name}`, row);
    }
  } catch (error) {
    users.faults.add({ origin: shown, problem: `cannot be read as SQLite: ${reason(error)}` });
  } finally {
    database?.close();
  }
}

function nameOf(row: Record<string, unknown>): unknown {
  return row['name'];
}

function addRow(users: UserList, origin: string, row: Record<string, unknown>): void {
  const { ident, secret, owner } = row;
  const publishes = channelsIn(row['publishes']);
  const subscribes = channelsIn(row['subscribes']);
  if (typeof ident !== 'string' || typeof secret !== 'string' || !publishes || !subscribes) {
    users.faults.add({ origin, problem: 'a row has no ident, no secret, or lists that are no JSON lists of texts' });
    return;
  }
  users.add(origin, { ident, secret, owner: typeof owner === 'string' ? owner : '', publishes, subscribes });
}

function channelsIn(list: unknown): string[] | undefined {
  if (list === null || list === '') return [];
  if (typeof list !== 'string') return undefined;
  try {
    const read: unknown = JSON.parse(list);
    return Array.isArray(read) && read.every((one) => typeof one === 'string') ? read : undefined;
  } catch {
    return undefined;
  }
}
