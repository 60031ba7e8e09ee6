import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mailboxesFrom } from '../../src/lib/assembly/collect/mailboxes.ts';
import { readMailboxFile } from '../../src/lib/config/mailbox-file.ts';
import { temporaryDirectory } from '../support/temporary.ts';

function mailboxes(text: string) {
  const path = join(temporaryDirectory(), 'mailbox_credentials.yaml');
  writeFileSync(path, text);
  return mailboxesFrom(readMailboxFile(path));
}

// As the collectors of spamtrap-system have it.
const before = `
- username: spam@example.org
  password: "hunter2"
  protocol: imap
  host: mail.example.org
  port: 993
- username: other@example.org
  password: hunter3
  protocol: imap
  host: mail.example.org
  port: 143
`;

describe('a mailbox file', () => {
  it('of the collectors before this one is taken as it is', async () => {
    const [first, second] = mailboxes(before);
    expect(first).toMatchObject({
      name: 'spam@example.org',
      account: 'imap:spam@example.org@mail.example.org',
      access: { host: 'mail.example.org', port: 993, security: 'implicit', username: 'spam@example.org' },
      which: 'unseen',
      action: { kind: 'seen' },
      folders: ['INBOX', '\\Junk'],
    });
    expect(await first!.access.credentials()).toEqual({ kind: 'password', password: 'hunter2' });
    expect(second!.access).toMatchObject({ port: 143, security: 'starttls' });
  });

  it.each([
    ['protocol: imap', { protocol: 'imap', port: 143, security: 'starttls' }],
    ['protocol: imaps', { protocol: 'imap', port: 993, security: 'implicit' }],
    ['protocol: pop3', { protocol: 'pop3', port: 110, security: 'starttls' }],
    ['protocol: pop3s', { protocol: 'pop3', port: 995, security: 'implicit' }],
    ['{protocol: imap, port: 10143}', { port: 10143, security: 'implicit' }],
    ['{protocol: imap, port: 10143, tls: starttls}', { security: 'starttls' }],
    ['{protocol: imap, tls: none}', { port: 143, security: 'none' }],
    ['{protocol: imaps, tls: {verify: false}}', { security: 'implicit', tls: { verify: false } }],
    ['{protocol: pop3, tls: {use: none, pin: "3F:A0"}}', { security: 'none', tls: { pins: ['3F:A0'] } }],
  ])('with %s is understood', (text, access) => {
    const keys = text.startsWith('{') ? text.slice(1, -1) : text;
    const [mailbox] = mailboxes(`- {username: a, password: b, host: h.example, ${keys}}`);
    expect(mailbox!.access).toMatchObject(access);
  });

  it.each([
    ['username: a', 'is no mailbox|no host'],
    ['- {username: a, password: b, host: h, colour: red}', 'unknown key'],
    ['- {username: a, password: b, host: h, tls: maybe}', 'implicit, starttls or none'],
    ['- {username: a, password: b, host: h, tls: {trust: all}}', 'trust'],
    ['- {username: a, password: b}', 'no host'],
    ['- {password: b, host: h}', 'no username'],
    ['- {username: a, host: h}', 'no password'],
    ['- {username: a, password: b, token: c, host: h}', 'a password and a token'],
    ['- {username: a, password: b, host: h, protocol: pop3, afterCollect: flag}', 'POP3 knows no'],
    ['- {username: a, password: b, host: h, afterCollect: move}', 'where messages are moved'],
    ['- {username: a, password: b, host: h, proxy: "ftp://x"}', 'proxy'],
    ['- {username: a, password: b, host: h}\n- {username: a, password: c, host: h, port: 993}', 'the same account'],
    ['- just a word', 'is no mailbox'],
  ])('with a fault such as %s is refused', (text, problem) => {
    expect(() => mailboxes(text)).toThrow(new RegExp(problem));
  });

  it('never shows what may be a password', () => {
    const fault = (() => {
      try {
        mailboxes('- {username: a, password: [s3cret], host: h}\n- {username: b, pasword: s3cret, host: h}');
      } catch (error) {
        return String(error);
      }
      return '';
    })();
    expect(fault).toContain('password');
    expect(fault).not.toContain('s3cret');
  });

  it('marks a mailbox as changed when its password is another one', () => {
    const one = mailboxes('- {username: a, password: b, host: h}')[0]!.settings;
    expect(mailboxes('- {username: a, password: b, host: h}')[0]!.settings).toBe(one);
    expect(mailboxes('- {username: a, password: c, host: h}')[0]!.settings).not.toBe(one);
    expect(one).not.toContain('"b"');
  });
});
