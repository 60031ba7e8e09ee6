import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Fault, reason } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import { hostAndPort, hostOrAddress } from '../names.ts';
import { plainPath } from '../plain-path.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import { dialects } from './dialects.ts';
import { readOwner } from './read-owner.ts';
import { userFile } from './section-authentication.ts';
import type { Database, DialectName, MailStore, Place, RunAs, UserSource } from './site.ts';
import type { System } from './system.ts';
import type { Wishes } from './wishes.ts';

const auths = ['passwd-file', 'pam', 'sqlite', 'mysql', 'pgsql'] as const;

export function readUserSource(
  wishes: Wishes,
  { place, runAs, dialect }: { readonly place: Place; readonly runAs: RunAs; readonly dialect: DialectName },
): UserSource {
  const auth = auths.find((name) => name === (wishes.auth ?? 'passwd-file'));
  if (auth === undefined) {
    return wrongFlag('--auth', `${quoted(wishes.auth!)} is not known.`, `Choose one of ${auths.join(', ')}.`);
  }
  if (auth === 'pam') {
    if (runAs.is === 'one')
      wrongFlag('--auth', 'only root can ask PAM for others.', 'Run this as root, or choose another.');
    return { kind: 'pam' };
  }
  const owner = readOwner(wishes, runAs);
  const homes = plainPath(
    '--home',
    wishes.home ?? (place.is === 'own' ? join(place.folder, 'home') : '/var/mail/homes'),
  );
  const home = join(homes, dialects[dialect].user.whole);
  if (auth === 'passwd-file') return { kind: 'file', path: join(place.folder, userFile), owner, home };
  return { kind: 'sql', database: readDatabase(auth, place, wishes), owner, home };
}

export function readStore(
  given: string | undefined,
  { place, system, dialect }: { readonly place: Place; readonly system: System; readonly dialect: DialectName },
): MailStore {
  // An instance of its own leaves the inboxes of the system alone.
  const spool = place.is === 'own' ? join(place.folder, 'inbox') : system.mailSpool;
  switch (given ?? 'maildir') {
    case 'maildir':
      return { kind: 'maildir', path: '~/mail' };
    case 'mbox':
      return { kind: 'mbox', path: '~/mail', inbox: join(spool, dialects[dialect].user.whole) };
    default:
      return wrongFlag('--store', `${quoted(given!)} is not known.`, 'Choose maildir or mbox.');
  }
}

function readDatabase(kind: 'sqlite' | 'mysql' | 'pgsql', { folder }: Place, wishes: Wishes): Database {
  const settings = join(folder, 'dovecot-sql.conf.ext');
  if (kind === 'sqlite') return { kind, path: join(folder, 'users.db'), settings };
  return {
    kind,
    ...readHost(wishes['sql-host'] ?? 'localhost'),
    user: readWord('--sql-user', wishes['sql-user'] ?? 'dovecot'),
    password: readPassword(wishes['sql-password-file']),
    name: readWord('--sql-database', wishes['sql-database'] ?? 'mail'),
    settings,
  };
}

function readHost(given: string): { readonly host: string; readonly port: number | undefined } {
  const host = hostOrAddress(given);
  if (host !== undefined) return { host, port: undefined };
  return (
    hostAndPort(given, undefined) ??
    wrongFlag('--sql-host', `${quoted(given)} is no host.`, 'Write HOST, HOST:PORT or [IPV6]:PORT.')
  );
}

function readWord(flag: string, given: string): string {
  if (/^[\w.-]{1,64}$/.test(given)) return given;
  return wrongFlag(flag, `${quoted(given)} is no plain name.`, 'Use letters, digits and . _ - only.');
}

function readPassword(path: string | undefined): string {
  if (path === undefined) {
    return wrongFlag('--sql-password-file', 'it is missing.', 'Name a file that holds the password of the database.');
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Fault(`--sql-password-file: ${printable(path)} cannot be read: ${reason(error)}.`, {
      code: 'setup.usage',
      fix: 'Name a file that is there and readable.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
  // It becomes a word within a line of Dovecot's settings.
  if (/^[\x21\x24-\x26\x28-\x5b\x5d-\x7e]{1,256}$/.test(text)) return text;
  return wrongFlag(
    '--sql-password-file',
    'the password has blanks, quotes, # or backslashes.',
    'Choose another password.',
  );
}
