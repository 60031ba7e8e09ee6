import type { Dialect } from './dialect.ts';
import { passwordQuery, userQuery } from './queries.ts';
import { block, setting, type Entry } from './settings.ts';
import type { Database, MailStore, UserSource } from './site.ts';
import { scheme } from './user-file.ts';

/** What Debian 13 and later speak. */
export const dialect24: Dialect = {
  name: '2.4',
  opening: [
    setting('dovecot_config_version', '2.4.0', 'The language of this file; it has to be the first setting.'),
    setting('dovecot_storage_version', '2.4.0', 'The oldest Dovecot that has to understand what is stored.'),
  ],
  user: { whole: '%{user}', local: '%{user | username}', domain: '%{user | domain}' },
  compressingPlugin: 'mail_compress',
  protocols: (names, why) => block('protocols', ...names.map((name) => setting(name, 'yes', why))),
  cleartext: (logins, why) => setting('auth_allow_cleartext', logins === 'refused' ? 'no' : 'yes', why),
  certificate: ({ cert, key }, why) => [
    setting('ssl_server_cert_file', cert, why),
    setting('ssl_server_key_file', key, 'Only root reads it, before it gives up its rights.'),
  ],
  store,
  plugins: (names, why) => block('mail_plugins', ...names.map((name) => setting(name, 'yes', why))),
  passwords,
  users,
  database,
  quota: (size, why) => [
    setting('quota_storage_size', size, why),
    block(
      'quota "User quota"',
      setting('quota_driver', 'count', 'Dovecot’s indexes count, so that nothing has to be listed.'),
    ),
  ],
  compression: (why) => [setting('mail_compress_write_method', 'gz', why)],
  sieve: (script, why) => [
    block(
      'sieve_script before',
      setting('sieve_script_type', 'before', why),
      setting('sieve_script_path', script, 'Compiled by sievec, because users may not write beside it.'),
    ),
    block(
      'sieve_script personal',
      setting('sieve_script_type', 'personal', 'Scripts that users have written.'),
      setting('sieve_script_path', '~/sieve', 'All of them.'),
      setting('sieve_script_active_path', '~/.dovecot.sieve', 'The one in force.'),
    ),
  ],
};

function store(place: MailStore, why: string): readonly Entry[] {
  const inbox = place.kind === 'mbox' ? [setting('mail_inbox_path', place.inbox, 'Where mail for users arrives.')] : [];
  return [
    setting('mail_driver', place.kind, why),
    setting('mail_path', place.path, 'The root of all folders.'),
    ...inbox,
  ];
}

function passwords(source: UserSource, why: string): Entry {
  switch (source.kind) {
    case 'file':
      return block(
        'passdb passwd-file',
        setting('passwd_file_path', source.path, why),
        setting('default_password_scheme', scheme, 'For lines that do not say by which a password is hashed.'),
        setting('auth_username_format', '%{user}', 'The whole name is looked up.'),
      );
    case 'pam':
      return block('passdb pam', setting('service_name', 'dovecot', why));
    case 'sql':
      return block(
        'passdb sql',
        setting('query', passwordQuery('%{user}'), why),
        setting('default_password_scheme', scheme, 'For rows that do not say by which a password is hashed.'),
      );
  }
}

function users(source: UserSource, why: string): Entry {
  switch (source.kind) {
    case 'file': {
      const { uid, gid } = source.owner;
      return block(
        'userdb passwd-file',
        setting('passwd_file_path', source.path, why),
        setting('auth_username_format', '%{user}', 'Only those who are in it have a mailbox.'),
        block(
          'fields',
          setting('uid:default', uid, 'What a line leaves out: the mail of all belongs to one user of the system.'),
          setting('gid:default', gid, 'His group.'),
          ...(source.home === undefined
            ? []
            : [setting('home:default', source.home, 'Where mail and scripts of a user are.')]),
        ),
      );
    }
    case 'pam':
      return block('userdb passwd');
    case 'sql':
      return block('userdb sql', setting('query', userQuery(source, '%{user}'), why));
  }
}

function database(place: Database, why: string): readonly Entry[] {
  const driver = setting('sql_driver', place.kind, why);
  switch (place.kind) {
    case 'sqlite':
      return [driver, setting('sqlite_path', place.path, 'The file that it is.')];
    case 'mysql':
      return [driver, block(`mysql ${place.host}`, ...access(place))];
    case 'pgsql':
      return [driver, block(`pgsql ${place.host}`, block('parameters', ...access(place)))];
  }
}

function access({ port, user, password, name }: Exclude<Database, { readonly kind: 'sqlite' }>): readonly Entry[] {
  return [
    setting('user', user, 'It needs to read one table, and nothing else.'),
    setting('password', password, 'This file is for Dovecot’s group alone.'),
    setting('dbname', name, 'The database with the table.'),
    ...(port === undefined ? [] : [setting('port', port, 'Not the usual one.')]),
  ];
}
