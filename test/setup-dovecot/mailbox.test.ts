import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { schema } from '../../src/lib/setup/dovecot/queries.ts';
import { hashPassword } from '../../src/lib/setup/mail/hash-password.ts';
import { canStartDovecot, mailUser } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { serverFolder } from '../support/real-server.ts';
import { curl } from './clients.ts';
import { startMariaDb } from './mariadb.ts';
import { password, startInstance, starters, type Instance } from './instance.ts';

const login = ['--insecure', '--user', `afnog:${password}`];

/** Puts a message into the inbox as a client does, and has it again. */
function roundTrip(dovecot: Instance): void {
  try {
    travel(dovecot);
  } catch (error) {
    // A client only knows that it was left; the server knows why.
    throw new Error(dovecot.log(), { cause: error });
  }
}

function travel({ imaps, pop3s }: Instance): void {
  const letter = join(serverFolder(), 'letter');
  writeFileSync(letter, 'Subject: there and back\r\n\r\nText.\r\n');
  curl(...login, '--upload-file', letter, `imaps://127.0.0.1:${imaps}/INBOX`);
  expect(curl(...login, `imaps://127.0.0.1:${imaps}/INBOX;UID=1`)).toContain('Subject: there and back');
  expect(curl(...login, `pop3s://127.0.0.1:${pop3s}/1`)).toContain('Subject: there and back');
}

const wishes = { mode: 'mailbox', user: 'afnog', 'self-signed': true };

peer(
  'dovecot-imapd',
  'dovecot-pop3d',
  'dovecot-lmtpd',
  'curl',
)('mailboxes for people', () => {
  it.runIf(canStartDovecot).each(Object.entries(starters))(
    'are maildirs of users in a file, run by %s',
    async (_, runAs) => {
      const dovecot = await startInstance(wishes, runAs);
      roundTrip(dovecot);
      expect(readFileSync(join(dovecot.folder, 'home/afnog/mail/dovecot-uidlist'), 'utf8')).toMatch(/^3 V/);
      expect(dovecot.complaints()).toEqual([]);
    },
  );

  it.runIf(canStartDovecot)('are files of all messages (mbox)', async () => {
    const dovecot = await startInstance({ ...wishes, store: 'mbox' }, { is: 'root' });
    roundTrip(dovecot);
    expect(readFileSync(join(dovecot.folder, 'inbox/afnog'), 'latin1')).toMatch(/^From .*there and back/s);
    expect(dovecot.complaints()).toEqual([]);
  });

  it.runIf(canStartDovecot)('speak the same in files of conf.d as in one', async () => {
    const dovecot = await startInstance({ ...wishes, layout: 'split' }, { is: 'root' });
    roundTrip(dovecot);
    expect(readFileSync(join(dovecot.folder, 'conf.d/10-ssl.conf'), 'utf8')).toContain('ssl = required');
    expect(dovecot.complaints()).toEqual([]);
  });
});

peer(
  'dovecot-imapd',
  'dovecot-pop3d',
  'dovecot-lmtpd',
  'dovecot-sqlite',
  'curl',
)('mailboxes of users in SQLite', () => {
  it.runIf(canStartDovecot)('are there for those who are enabled', async () => {
    const dovecot = await startInstance({ ...wishes, user: undefined, auth: 'sqlite' }, { is: 'root' });
    const path = join(dovecot.folder, 'users.db');
    const database = new DatabaseSync(path);
    database.exec(readFileSync(join(dovecot.folder, 'users.sql'), 'utf8'));
    const add = database.prepare('INSERT INTO users (address, password, enabled) VALUES (?, ?, ?)');
    add.run('afnog', await hashPassword(password), 1);
    add.run('gone', await hashPassword(password), 0);
    database.close();
    chmodSync(path, 0o644);
    chownSync(path, mailUser, mailUser);
    roundTrip(dovecot);
    const url = `imaps://127.0.0.1:${dovecot.imaps}/`;
    expect(() => curl('--insecure', '--user', `gone:${password}`, url)).toThrow(/denied/i);
    expect(() => curl('--insecure', '--user', `x' OR '1'='1:${password}`, url)).toThrow(/denied/i);
    expect(dovecot.complaints()).toEqual([]);
  });
});

peer(
  'dovecot-imapd',
  'dovecot-pop3d',
  'dovecot-lmtpd',
  'dovecot-mysql',
  'mariadb-client-core',
  'mariadb-server-core',
  'curl',
)('mailboxes of users in MariaDB', () => {
  it.runIf(canStartDovecot)('are there for those who are enabled', async () => {
    const secret = 'database-secret';
    const row = (user: string, hash: string, enabled: number) =>
      `INSERT INTO users (address, password, enabled) VALUES ('${user}', '${hash}', ${enabled});`;
    const port = await startMariaDb([
      'CREATE DATABASE mail;',
      `CREATE USER dovecot@'%' IDENTIFIED BY '${secret}';`,
      'GRANT SELECT ON mail.* TO dovecot@"%";',
      'USE mail;',
      schema('mysql'),
      row('afnog', await hashPassword(password), 1),
      row('gone', await hashPassword(password), 0),
    ]);
    const file = join(serverFolder(), 'password');
    writeFileSync(file, `${secret}\n`);
    const sql = { auth: 'mysql', 'sql-host': `127.0.0.1:${port}`, 'sql-password-file': file };
    const dovecot = await startInstance({ ...wishes, user: undefined, ...sql }, { is: 'root' });
    roundTrip(dovecot);
    const url = `imaps://127.0.0.1:${dovecot.imaps}/`;
    expect(() => curl('--insecure', '--user', `gone:${password}`, url)).toThrow(/denied/i);
    expect(() => curl('--insecure', '--user', `x' OR '1'='1:${password}`, url)).toThrow(/denied/i);
    expect(dovecot.complaints()).toEqual([]);
  });
});
