import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dovecotFiles } from '../../src/lib/setup/dovecot/dovecot-files.ts';
import type { DialectName } from '../../src/lib/setup/dovecot/site.ts';
import { readSite } from '../../src/lib/setup/dovecot/read-site.ts';
import type { Wishes } from '../../src/lib/setup/dovecot/wishes.ts';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { serverFolder } from '../support/real-server.ts';

async function configuration(wishes: Wishes, installed: DialectName): Promise<string> {
  const around = { folder: '/etc/dovecot', runAs: { is: 'root' }, installed } as const;
  const files = await dovecotFiles(readSite(wishes, around), { now: new Date(0), hash: '{X}', group: 7 });
  return files.find(({ name }) => name === 'dovecot.conf')!.text;
}

const folder = serverFolder();
const passwordFile = join(folder, 'password');
writeFileSync(passwordFile, 'database\n');
const maildir = join(folder, 'maildir');
new Maildir(maildir).makeDirectory(undefined);

const people = { uid: '5000', 'self-signed': true } as const;
const sites: Readonly<Record<string, Wishes>> = {
  monitor: { mode: 'monitor', maildir, uid: '8', gid: '8' },
  'maildirs in a file': { mode: 'mailbox', ...people },
  'mbox and PAM': { mode: 'mailbox', auth: 'pam', store: 'mbox', 'no-tls': true },
  SQLite: { mode: 'mailbox', auth: 'sqlite', ...people },
  MySQL: { mode: 'mailbox', auth: 'mysql', 'sql-password-file': passwordFile, ...people },
  PostgreSQL: { mode: 'mailbox', auth: 'pgsql', 'sql-password-file': passwordFile, ...people },
  'a mail server': { mode: 'mailserver', user: 'adam@example.org', quota: '1 GiB', compress: true, ...people },
};

// What each of the two says for the same: the site, the lines of 2.3, and those of 2.4.
const table: readonly (readonly [site: string, old: readonly string[], now: readonly string[]])[] = [
  [
    'monitor',
    ['protocols = imap'],
    ['protocols {\n  imap = yes', 'dovecot_config_version = 2.4.0', 'dovecot_storage_version = 2.4.0'],
  ],
  ['monitor', [`mail_location = maildir:${maildir}`], ['mail_driver = maildir', `mail_path = ${maildir}`]],
  ['monitor', ['disable_plaintext_auth = no'], ['auth_allow_cleartext = yes']],
  [
    'monitor',
    [
      'driver = passwd-file',
      'args = scheme=ARGON2ID username_format=%u /etc/dovecot/users',
      'default_fields = uid=8 gid=8',
    ],
    [
      'passdb passwd-file {',
      'passwd_file_path = /etc/dovecot/users',
      'default_password_scheme = ARGON2ID',
      'auth_username_format = %{user}',
      'userdb passwd-file {',
      'uid:default = 8',
      'gid:default = 8',
    ],
  ],
  [
    'maildirs in a file',
    [
      'disable_plaintext_auth = yes',
      'ssl_cert = </etc/dovecot/tls.pem',
      'ssl_key = </etc/dovecot/tls.pem',
      'home=/var/mail/homes/%u',
    ],
    [
      'auth_allow_cleartext = no',
      'ssl_server_cert_file = /etc/dovecot/tls.pem',
      'ssl_server_key_file = /etc/dovecot/tls.pem',
      'home:default = /var/mail/homes/%{user}',
    ],
  ],
  [
    'mbox and PAM',
    ['mail_location = mbox:~/mail:INBOX=/var/mail/%u', 'driver = pam', 'driver = passwd'],
    [
      'mail_driver = mbox',
      'mail_path = ~/mail',
      'mail_inbox_path = /var/mail/%{user}',
      'passdb pam {',
      'userdb passwd {',
    ],
  ],
  [
    'SQLite',
    ['args = /etc/dovecot/dovecot-sql.conf.ext'],
    ['sql_driver = sqlite', 'sqlite_path = /etc/dovecot/users.db', "address = '%{user}'"],
  ],
  [
    'MySQL',
    ['args = /etc/dovecot/dovecot-sql.conf.ext'],
    ['sql_driver = mysql', 'mysql localhost {', 'dbname = mail', 'password = database'],
  ],
  [
    'PostgreSQL',
    ['args = /etc/dovecot/dovecot-sql.conf.ext'],
    ['sql_driver = pgsql', 'pgsql localhost {', 'parameters {'],
  ],
  [
    'a mail server',
    [
      'mail_plugins = $mail_plugins quota zlib',
      'quota_rule = *:storage=1048576k',
      'zlib_save = gz',
      'sieve_before = /etc/dovecot/before.sieve',
      'home=/var/mail/vhosts/%d/%n',
    ],
    [
      'mail_plugins {',
      'quota = yes',
      'mail_compress = yes',
      'quota_storage_size = 1048576k',
      'quota "User quota" {',
      'mail_compress_write_method = gz',
      'sieve_script before {',
      'sieve_script_type = before',
      'sieve_script_path = /etc/dovecot/before.sieve',
      'home:default = /var/mail/vhosts/%{user | domain}/%{user | username}',
    ],
  ],
];

function withoutReasons(text: string): string {
  return text.replaceAll(/^\s*#.*\n/gm, '');
}

describe('the two languages of Dovecot', () => {
  it.each(table)('say the same of %s: %j, %j', async (site, old, now) => {
    const [before, after] = (
      await Promise.all([configuration(sites[site]!, '2.3'), configuration(sites[site]!, '2.4')])
    ).map(withoutReasons) as [string, string];
    for (const line of old) expect(before).toContain(line);
    for (const line of now) expect(after).toContain(line);
  });

  it.each(Object.keys(sites))('are not mixed in %s', async (site) => {
    const after = withoutReasons(await configuration(sites[site]!, '2.4'));
    expect(after).toMatch(/^dovecot_config_version = /);
    expect(after).not.toMatch(
      /mail_location|disable_plaintext_auth|ssl_(?:cert|key) =|^ *(?:driver|args) = |default_fields|plugin \{|\$mail_plugins|%[a-z]\b/m,
    );
    const before = withoutReasons(await configuration(sites[site]!, '2.3'));
    expect(before).not.toMatch(
      /dovecot_(?:config|storage)_version|mail_(?:driver|path)|auth_allow_cleartext|ssl_server|%\{/,
    );
  });

  it.each(Object.keys(sites))('close every brace that they open in %s', async (site) => {
    for (const dialect of ['2.3', '2.4'] as const) {
      const text = await configuration(sites[site]!, dialect);
      expect(text.match(/\{$/gm)).toHaveLength(text.match(/^\s*\}$/gm)!.length);
    }
  });
});
