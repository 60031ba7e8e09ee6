import { describe, expect, it } from 'vitest';
import { readSite, type Around } from '../../src/lib/setup/dovecot/read-site.ts';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const around: Around = { folder: '/srv/dovecot', runAs: { is: 'root' }, installed: undefined };
const people = { mode: 'mailbox', uid: '5000', 'self-signed': true } as const;
const server = { mode: 'mailserver', uid: '5000', 'self-signed': true, user: 'adam@example.org' } as const;

function emptyMaildir(): string {
  const path = temporaryDirectory();
  new Maildir(path).makeDirectory(undefined);
  return path;
}

describe('wishes that nobody can mean', () => {
  it.each([
    [{ mode: 'relay' }, '--mode'],
    [{ mode: 'monitor' }, '--maildir'],
    [{ mode: 'monitor', maildir: '/srv/a b' }, '--maildir'],
    [{ mode: 'monitor', maildir: '/srv/a\nuserdb {' }, '--maildir'],
    [{ ...people, maildir: '/srv/maildir' }, '--maildir'],
    [{ ...people, quota: '1 GiB' }, '--quota'],
    [{ mode: 'mailbox', uid: '5000' }, '--cert'],
    [{ ...people, 'no-tls': true }, '--cert, --self-signed, --no-tls'],
    [{ ...people, uid: undefined }, '--uid'],
    [{ ...people, uid: '0' }, '--uid'],
    [{ ...people, uid: '5000 gid=0' }, '--uid'],
    [{ ...people, user: 'adam:x' }, '--user'],
    [{ ...people, user: 'adam\nroot' }, '--user'],
    [{ ...people, user: '$(id)' }, '--user'],
    [{ ...people, listen: ['localhost'] }, '--listen'],
    [{ ...people, listen: ['127.0.0.1, ::'] }, '--listen'],
    [{ ...people, 'imap-port': '0' }, '--imap-port'],
    [{ ...people, 'imap-port': 'off', 'imaps-port': 'off' }, '--imap-port'],
    [{ ...people, 'imap-port': '993' }, '--imap-port'],
    [{ mode: 'mailbox', uid: '5000', 'no-tls': true, 'imaps-port': '993' }, '--imaps-port'],
    [{ ...people, auth: 'ldap' }, '--auth'],
    [{ ...people, auth: 'mysql' }, '--sql-password-file'],
    [{ ...people, store: 'mh' }, '--store'],
    [{ ...people, home: '/srv/{}' }, '--home'],
    [{ ...server, user: 'adam' }, '--user'],
    [{ ...server, user: undefined }, '--postmaster'],
    [{ ...server, quota: 'much' }, '--quota'],
    [{ ...server, 'postfix-queue': '/var/spool/post fix' }, '--postfix-queue'],
    [{ ...server, 'dovecot-version': '2.2' }, '--dovecot-version'],
    [{ ...server, layout: 'double' }, '--layout'],
  ])('%j are refused by the name of their flag', (wishes, flag) => {
    expect(() => readSite(wishes, around)).toThrow(`${flag}: `);
  });

  it('are those for a maildir of root', () => {
    expect(() => readSite({ mode: 'monitor', maildir: emptyMaildir(), uid: '0' }, around)).toThrow(/reads no mail/);
  });

  it('are those for ports that only root can have', () => {
    const one = { is: 'one', user: 'trap', group: 'trap', uid: 1000, gid: 1000 } as const;
    expect(() => readSite({ ...people, uid: undefined }, { ...around, runAs: one })).toThrow('--imap-port: ');
    const high = { 'imap-port': '1143', 'imaps-port': '1993', 'pop3-port': 'off', 'pop3s-port': 'off' };
    expect(() => readSite({ ...people, ...high }, { ...around, runAs: one })).toThrow('--uid: ');
  });

  it('are those for a folder in which sockets would have too long a name', () => {
    expect(() => readSite(people, { ...around, folder: `/srv/${'x'.repeat(90)}` })).toThrow('--out: ');
  });
});

describe('what nobody has said', () => {
  it('is loopback without TLS for a look into a maildir, and TLS elsewhere', () => {
    const monitor = { mode: 'monitor', maildir: emptyMaildir(), uid: '8' };
    expect(readSite(monitor, around)).toMatchObject({
      listen: ['127.0.0.1'],
      tls: { is: 'none' },
      ports: { imap: 143, imaps: 'off', pop3: 'off', pop3s: 'off' },
      owner: { uid: 8 },
      user: 'spamtrap',
      dialect: '2.3',
    });
    expect(readSite({ ...monitor, listen: ['192.0.2.1'] }, around)).toMatchObject({
      tls: { is: 'self-signed' },
      ports: { imap: 143, imaps: 993 },
    });
  });

  it('is the four usual ports for mailboxes', () => {
    expect(readSite(people, around)).toMatchObject({ ports: { imap: 143, imaps: 993, pop3: 110, pop3s: 995 } });
  });

  it('is the dialect of the Dovecot that is installed, and the folder of the system is the system’s', () => {
    const there = { ...around, folder: '/usr/local/etc/dovecot', installed: '2.4' } as const;
    expect(readSite({ ...people, prefix: 'freebsd' }, there)).toMatchObject({
      dialect: '2.4',
      place: { is: 'system' },
    });
    expect(readSite({ ...people, prefix: 'debian' }, there)).toMatchObject({ place: { is: 'own' } });
  });
});
