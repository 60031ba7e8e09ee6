import { join } from 'node:path';
import type { Dialect } from './dialect.ts';
import { block, setting, type Entry, type Section } from './settings.ts';
import type { MailServer, Site, UserSource } from './site.ts';

/** Users and hashes of their passwords. */
export const userFile = 'users';

export function authentication(site: Site, dialect: Dialect): Section {
  const source = userSource(site, dialect);
  return {
    file: '10-auth',
    title: 'Who may log in, and how',
    entries: [
      cleartext(site, dialect),
      setting('auth_mechanisms', 'plain login', 'Only with these can passwords be kept as hashes.'),
      ...(source.kind === 'sql' ? dialect.database(source.database, 'Where users are.') : []),
      dialect.passwords(source, 'Where passwords are looked up.'),
      dialect.users(source, 'Where it is looked up who has a mailbox.'),
      ...(site.mode === 'mailserver' ? [sockets(site)] : []),
    ],
  };
}

/** Where this site looks users up. */
export function userSource(site: Site, { user }: Dialect): UserSource {
  const path = join(site.place.folder, userFile);
  switch (site.mode) {
    case 'monitor':
      return { kind: 'file', path, owner: site.owner, home: undefined };
    case 'mailbox':
      return site.source;
    case 'mailserver':
      return { kind: 'file', path, owner: site.owner, home: `${site.home}/${user.domain}/${user.local}` };
  }
}

function cleartext({ tls }: Site, dialect: Dialect): Entry {
  return tls.is === 'none'
    ? dialect.cleartext('taken', 'There is no TLS, so that passwords come in clear. Let nobody but this machine in.')
    : dialect.cleartext('refused', 'Passwords come encrypted, or from this machine.');
}

function sockets({ place, postfixQueue }: MailServer): Entry {
  const path = join(postfixQueue, 'private', 'auth');
  return block('service auth', block(`unix_listener ${path}`, ...ofPostfix(place, 'Postfix asks here for passwords.')));
}

/** A socket is Postfix's alone: whoever can write to it can guess passwords, or deliver mail. */
export function ofPostfix(place: Site['place'], why: string): readonly Entry[] {
  const mode = setting('mode', '0600', why);
  if (place.is === 'own' && place.runAs.is === 'one') return [mode];
  return [
    mode,
    setting('user', 'postfix', 'Nobody else may use it.'),
    setting('group', 'postfix', 'Nobody else may use it.'),
  ];
}
