import type { Database, UserSource } from './site.ts';
import { scheme } from './user-file.ts';

type SqlSource = Extract<UserSource, { readonly kind: 'sql' }>;

/** The table that the queries read, for those who have none yet. */
export function schema(kind: Database['kind']): string {
  // MySQL cannot have an index over text without end.
  const text = kind === 'mysql' ? 'VARCHAR(255)' : 'TEXT';
  return `-- The users of Dovecot. Yours to edit: "spamtrap setup-dovecot" makes this file once and never touches it again.
-- Passwords are hashes, with the scheme before them: {${scheme}}…; "spamtrap mail hash" makes one.
CREATE TABLE IF NOT EXISTS users (
  address  ${text} NOT NULL PRIMARY KEY,
  password ${text} NOT NULL,
  enabled  INTEGER NOT NULL DEFAULT 1
);
`;
}

// The name comes from whoever logs in: Dovecot itself escapes it for the database.

export function passwordQuery(user: string): string {
  return `SELECT address AS user, password FROM users WHERE address = '${user}' AND enabled = 1`;
}

export function userQuery({ owner: { uid, gid }, home }: SqlSource, user: string): string {
  return `SELECT '${home}' AS home, ${uid} AS uid, ${gid} AS gid FROM users WHERE address = '${user}' AND enabled = 1`;
}

/** The file of its own in which 2.3 wants to find database and queries. */
export function sqlSettings(source: SqlSource): string {
  const { database } = source;
  return `driver = ${database.kind}
connect = ${connection(database)}
default_pass_scheme = ${scheme}
password_query = ${passwordQuery('%u')}
user_query = ${userQuery(source, '%u')}
iterate_query = SELECT address AS user FROM users WHERE enabled = 1
`;
}

function connection(database: Database): string {
  if (database.kind === 'sqlite') return database.path;
  const { host, port, user, password, name } = database;
  return `host=${host}${port === undefined ? '' : ` port=${port}`} dbname=${name} user=${user} password=${password}`;
}
