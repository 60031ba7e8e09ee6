import { statSync } from 'node:fs';
import { readBounded } from '../../../document/bounded-file.ts';
import { errno, exitCodes, Fault, reason } from '../../../errors.ts';
import type { User } from '../user.ts';
import { envIdent, readEnvUsers } from './env-users.ts';
import { readJsonUsers } from './json-users.ts';
import { readSqliteUsers, sqliteMagic } from './sqlite-users.ts';
import { readTextUsers } from './text-users.ts';
import { UserList } from './user-list.ts';

/** The users of one source, as it was read. */
export interface UserTable {
  readonly size: number;
  find(ident: string): User | undefined;
}

const mostBytes = 16 * 2 ** 20;

/** Reads the variables of the environment, or a file of whatever form. Throws a Fault that says what is wrong. */
export function readSource(source: string, env: Readonly<Record<string, string | undefined>>): UserTable {
  const users = new UserList();
  if (source === 'env') {
    readEnvUsers(env, users);
    const table = users.taken();
    return { size: table.size, find: (ident) => renamed(table.get(envIdent(ident)), ident) };
  }
  const bytes = bytesOf(source);
  // The name of a file says nothing: the reference itself takes whatever is no JSON for SQLite.
  if (bytes.toString('latin1', 0, sqliteMagic.length) === sqliteMagic) readSqliteUsers(source, source, users);
  else if (/^\s*[{[]/.test(bytes.toString('latin1', 0, 1024))) readJsonUsers(bytes.toString('utf8'), source, users);
  else readTextUsers(bytes.toString('utf8'), source, users);
  const table = users.taken();
  return { size: table.size, find: (ident) => table.get(ident) };
}

/** Whether others than its owner and its group may read the secrets. */
export function isOpenToAll(source: string): boolean {
  return source !== 'env' && (statSync(source).mode & 0o004) !== 0;
}

/** What has to be looked at to see that a source has changed. */
export function filesOf(source: string): readonly string[] {
  // SQLite may keep the newest changes beside the database.
  return source === 'env' ? [] : [source, `${source}-wal`];
}

function renamed(user: User | undefined, ident: string): User | undefined {
  return user && { ...user, ident };
}

function bytesOf(path: string): Buffer {
  let bytes: Buffer | undefined;
  try {
    bytes = readBounded(path, mostBytes);
  } catch (error) {
    const what = errno(error) === 'ENOENT' ? 'is not there' : `cannot be read: ${reason(error)}`;
    throw unreadable(path, what, error);
  }
  if (bytes === undefined) throw unreadable(path, `is larger than ${mostBytes} bytes`);
  return bytes;
}

function unreadable(path: string, what: string, cause?: unknown): Fault {
  return new Fault(`The file of users ${path} ${what}.`, {
    code: 'broker.users',
    fix: 'Name a file of users with --auth, or "env".',
    exit: exitCodes.usage,
    cause,
  });
}
