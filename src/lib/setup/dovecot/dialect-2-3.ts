import type { Dialect } from './dialect.ts';
import { block, setting, type Entry } from './settings.ts';
import type { MailStore, UserSource } from './site.ts';
import { scheme } from './user-file.ts';

/** What Debian 12 and FreeBSD's `dovecot` of 2024 speak. */
export const dialect23: Dialect = {
  name: '2.3',
  opening: [],
  user: { whole: '%u', local: '%n', domain: '%d' },
  compressingPlugin: 'zlib',
  protocols: (names, why) => setting('protocols', names.join(' '), why),
  cleartext: (logins, why) => setting('disable_plaintext_auth', logins === 'refused' ? 'yes' : 'no', why),
  certificate: ({ cert, key }, why) => [
    setting('ssl_cert', `<${cert}`, why),
    setting('ssl_key', `<${key}`, 'Only root reads it, before it gives up its rights.'),
  ],
  store: (store, why) => [setting('mail_location', location(store), why)],
  plugins: (names, why) => setting('mail_plugins', `$mail_plugins ${names.join(' ')}`, why),
  passwords: (source, why) => block('passdb', ...passwordSource(source, why)),
  users: (source, why) => block('userdb', ...userSource(source, why)),
  // It has a file of its own, which passdb and userdb name.
  database: () => [],
  quota: (size, why) => [
    block(
      'plugin',
      setting('quota', 'count:User quota', 'Dovecot’s indexes count, so that nothing has to be listed.'),
      setting('quota_vsizes', 'yes', 'Without it "count" does not count.'),
      setting('quota_rule', `*:storage=${size}`, why),
    ),
  ],
  compression: (why) => [block('plugin', setting('zlib_save', 'gz', why))],
  sieve: (script, why) => [
    block(
      'plugin',
      setting('sieve_before', script, why),
      setting(
        'sieve',
        'file:~/sieve;active=~/.dovecot.sieve',
        'Scripts that users have written, and the one in force.',
      ),
    ),
  ],
};

function location(store: MailStore): string {
  return store.kind === 'maildir' ? `maildir:${store.path}` : `mbox:${store.path}:INBOX=${store.inbox}`;
}

function passwordSource(source: UserSource, why: string): readonly Entry[] {
  switch (source.kind) {
    case 'file':
      return [
        setting('driver', 'passwd-file', why),
        setting('args', `scheme=${scheme} username_format=%u ${source.path}`, 'The whole name is looked up.'),
      ];
    case 'pam':
      return [setting('driver', 'pam', why), setting('args', 'dovecot', 'The service, as in /etc/pam.d.')];
    case 'sql':
      return [setting('driver', 'sql', why), setting('args', source.database.settings, 'Database and queries.')];
  }
}

function userSource(source: UserSource, why: string): readonly Entry[] {
  switch (source.kind) {
    case 'file': {
      const { uid, gid } = source.owner;
      return [
        setting('driver', 'passwd-file', why),
        setting('args', `username_format=%u ${source.path}`, 'Only those who are in it have a mailbox.'),
        setting(
          'default_fields',
          `uid=${uid} gid=${gid}${source.home === undefined ? '' : ` home=${source.home}`}`,
          'What a line leaves out. The mail of all belongs to one user of the system.',
        ),
      ];
    }
    case 'pam':
      return [setting('driver', 'passwd', why)];
    case 'sql':
      return [setting('driver', 'sql', why), setting('args', source.database.settings, 'Database and queries.')];
  }
}
