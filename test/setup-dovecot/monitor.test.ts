import { expect, it } from 'vitest';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { canStartDovecot, giveToMailUser, mailUsersDirectory } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { curl } from './clients.ts';
import { password, startInstance, starters } from './instance.ts';

function maildirOfSensor(): string {
  const path = mailUsersDirectory();
  const maildir = new Maildir(path);
  for (const folder of [undefined, 'logs', 'sentProbes']) {
    const bytes = Buffer.from(`Subject: in ${folder ?? 'INBOX'}\r\n\r\nText.\r\n`);
    maildir.store(folder, 'message', Buffer.alloc(0), { kind: 'bytes', bytes });
  }
  giveToMailUser(path);
  return path;
}

peer(
  'dovecot-imapd',
  'dovecot-pop3d',
  'curl',
)('a look into a sensor’s maildir', () => {
  it.runIf(canStartDovecot).each(Object.entries(starters))(
    'shows inbox, logs and sentProbes, run by %s',
    async (_, runAs) => {
      const dovecot = await startInstance({ mode: 'monitor', maildir: maildirOfSensor(), 'no-tls': true }, runAs);
      const login = ['--user', `spamtrap:${password}`];
      const folders = curl(...login, `imap://127.0.0.1:${dovecot.imap}/`);
      expect(folders.match(/ "\/" \S+/g)?.sort()).toEqual([' "/" INBOX', ' "/" logs', ' "/" sentProbes']);
      expect(curl(...login, `imap://127.0.0.1:${dovecot.imap}/logs;UID=1`)).toContain('Subject: in logs');
      expect(curl(...login, `pop3://127.0.0.1:${dovecot.pop3}/1`)).toContain('Subject: in INBOX');
      expect(() => curl('--user', 'spamtrap:wrong', `imap://127.0.0.1:${dovecot.imap}/`)).toThrow(/denied/i);
      expect(dovecot.complaints()).toEqual([]);
    },
  );

  it.runIf(canStartDovecot)('takes no password before TLS has begun, where it is reached from elsewhere', async () => {
    const wishes = { mode: 'monitor', maildir: maildirOfSensor(), 'self-signed': true };
    const dovecot = await startInstance(wishes, { is: 'root' });
    const login = ['--insecure', '--user', `spamtrap:${password}`];
    expect(curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/`)).toContain('sentProbes');
    expect(curl(...login, '--ssl-reqd', `imap://127.0.0.1:${dovecot.imap}/`)).toContain('sentProbes');
    expect(curl(...login, `pop3s://127.0.0.1:${dovecot.pop3s}/`)).toMatch(/^1 /);
    // Only what comes from the address at which it arrives is of this machine.
    const elsewhere = ['--interface', '127.0.0.2'];
    expect(() => curl(...login, ...elsewhere, `imap://127.0.0.1:${dovecot.imap}/`)).toThrow(/denied/i);
    expect(dovecot.complaints()).toEqual([]);
  });
});
