import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { Fault } from '../../src/lib/errors.ts';
import { readSite } from '../../src/lib/setup/postfix/read-site.ts';
import type { Wishes } from '../../src/lib/setup/postfix/wishes.ts';
import { pemOf } from './pem.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { wishesFor } from './wishes.ts';

const { domains, blackhole, mailserver } = wishesFor;

function faultOf(wishes: Wishes): Fault {
  try {
    readSite(wishes);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault was found');
}

describe('what is wrong is said, with the flag that made it:', () => {
  const wrong: readonly [name: string, wishes: Wishes, flag: string][] = [
    ['an unknown mode', { ...domains, mode: 'relay' }, '--mode'],
    ['no domains', { mode: 'domains' }, '--domains'],
    ['a domain of one label', { ...domains, domains: ['localhost'] }, '--domains'],
    ['an address for a domain', { ...domains, domains: ['192.0.2.1'] }, '--domains'],
    ['an address that a URL would take', { ...domains, domains: ['127.1'] }, '--domains'],
    ['a domain with a line break', { ...domains, domains: ['example.org\nmynetworks = 0.0.0.0/0'] }, '--domains'],
    ['a domain with a space', { ...domains, domains: ['example.org smtp:'] }, '--domains'],
    ['a domain with an escape of URLs', { ...domains, domains: ['ex%61mple.org'] }, '--domains'],
    ['a domain with a path', { ...domains, domains: ['example.org/x'] }, '--domains'],
    ['a domain with a $', { ...domains, domains: ['$mydomain.org'] }, '--domains'],
    ['an empty domain', { ...domains, domains: [''] }, '--domains'],
    ['domains for a black hole', { ...blackhole, domains: ['example.org'] }, '--domains'],
    ['no host name where none can be derived', { mode: 'blackhole' }, '--hostname'],
    ['a short host name', { ...blackhole, hostname: 'mail' }, '--hostname'],
    ['LMTP without a port', { ...domains, lmtp: '127.0.0.1' }, '--lmtp'],
    ['LMTP at port 0', { ...domains, lmtp: '127.0.0.1:0' }, '--lmtp'],
    ['LMTP at an unbracketed address of version 6', { ...domains, lmtp: '::1:24' }, '--lmtp'],
    ['LMTP at a socket with a space', { ...domains, lmtp: 'unix:/run/a b' }, '--lmtp'],
    ['LMTP at a socket with a line break', { ...domains, lmtp: 'unix:/run/a\nb' }, '--lmtp'],
    ['a name to listen on', { ...domains, listen: ['example.org'] }, '--listen'],
    ['all and an address', { ...domains, listen: ['all', '127.0.0.1'] }, '--listen'],
    ['a wildcard address', { ...domains, listen: ['0.0.0.0'] }, '--listen'],
    ['an address with a zone', { ...domains, listen: ['fe80::1%eth0'] }, '--listen'],
    ['a port that is none', { ...domains, port: '65536' }, '--port'],
    ['a port twice', { ...domains, 'submission-port': '25' }, '--port'],
    [
      'TLS from the first byte without TLS',
      { ...domains, 'no-tls': true, 'submissions-port': '465' },
      '--submissions-port',
    ],
    [
      'passwords without TLS',
      { ...mailserver, 'self-signed': false, 'no-tls': true, 'submissions-port': 'off' },
      '--submission-port',
    ],
    ['a mail server without a word on TLS', { ...mailserver, 'self-signed': false }, '--cert'],
    ['two ways of TLS', { ...domains, 'self-signed': true, 'no-tls': true }, '--cert'],
    ['a certificate without its key', { ...domains, cert: 'a.pem' }, '--key'],
    [
      'a certificate that is not there',
      { ...domains, cert: '/nonexistent/a.pem', key: '/nonexistent/b.pem' },
      '--cert',
    ],
    ['a certificate at a path with a comma', { ...domains, cert: '/a,b.pem', key: '/a.pem' }, '--cert'],
    ['a message size below that of the trap', { ...domains, 'message-size': '1 MiB' }, '--message-size'],
    ['a message size that is none', { ...domains, 'message-size': 'large' }, '--message-size'],
    ['an unknown system', { ...domains, prefix: 'beos' }, '--prefix'],
    ['a log where Postfix keeps none', { ...domains, maillog: '/tmp/log' }, '--maillog'],
    ['a mailbox for a trap', { ...domains, mailbox: ['adam@example.org'] }, '--mailbox'],
    ['a mailbox elsewhere', { ...mailserver, mailbox: ['adam@example.com'] }, '--mailbox'],
    ['a mailbox that is a catch-all', { ...mailserver, mailbox: ['@example.org'] }, '--mailbox'],
    ['a catch-all that is no mailbox', { ...mailserver, 'catch-all': 'nobody@example.org' }, '--catch-all'],
    ['a relay host for a trap', { ...domains, relayhost: 'smtp.example.com' }, '--relayhost'],
    ['a relay host that is none', { ...mailserver, relayhost: 'smtp.example.com:smtp' }, '--relayhost'],
    ['a filter for a trap', { ...domains, milter: ['127.0.0.1:8891'] }, '--milter'],
    ['a filter without a port', { ...mailserver, milter: ['127.0.0.1'] }, '--milter'],
    ['a filter with a line of its own', { ...mailserver, milter: ['unix:/run/x\nrelayhost = y'] }, '--milter'],
    ['a user without a relay host', { ...mailserver, 'relayhost-user': 'adam' }, '--relayhost'],
    [
      'a user without a password',
      { ...mailserver, relayhost: 'smtp.example.com', 'relayhost-user': 'adam' },
      '--relayhost-password-file',
    ],
  ];

  it.each(wrong)('%s', (_, wishes, flag) => {
    const fault = faultOf(wishes);
    expect(fault.message.split(':')[0]).toContain(flag);
    expect(fault.exit).toBe(2);
    expect(fault.fix).toMatch(/^[A-Z].*\.$/);
    expect(`${fault.message}${fault.fix}`).not.toMatch(/[\n\0]/);
  });
});

describe('what is right is read:', () => {
  it('domains of other scripts, as DNS has them, and each once', () => {
    const site = readSite({
      mode: 'domains',
      domains: ['Bücher.example', 'EXAMPLE.org', 'example.org', '例え.テスト'],
    });
    expect(site).toMatchObject({ domains: ['xn--bcher-kva.example', 'example.org', 'xn--r8jz45g.xn--zckzah'] });
    expect(site.hostname).toBe('mail.xn--bcher-kva.example');
  });

  it.each([
    ['127.0.0.1:6024', { at: 'inet', host: '127.0.0.1', port: 6024 }],
    ['[::1]:24', { at: 'inet', host: '::1', port: 24 }],
    ['trap.internal:24', { at: 'inet', host: 'trap.internal', port: 24 }],
    ['trap:24', { at: 'inet', host: 'trap', port: 24 }],
    ['unix:/run/spamtrap/lmtp.sock', { at: 'unix', path: '/run/spamtrap/lmtp.sock' }],
    ['unix:private/dovecot-lmtp', { at: 'unix', path: 'private/dovecot-lmtp' }],
  ])('LMTP at %s', (lmtp, read) => {
    expect(readSite({ ...domains, lmtp }).lmtp).toEqual(read);
  });

  it('what each mode has when nothing is said', () => {
    expect(readSite(domains)).toMatchObject({
      lmtp: { at: 'inet', host: '127.0.0.1', port: 6024 },
      listen: ['all'],
      ports: { smtp: 25, submission: 'off', submissions: 'off' },
      tls: { is: 'self-signed' },
      messageSize: 50 * 2 ** 20,
    });
    expect(readSite(mailserver)).toMatchObject({
      lmtp: { at: 'unix', path: 'private/dovecot-lmtp' },
      ports: { smtp: 25, submission: 587, submissions: 465 },
    });
  });

  it.each([
    ['smtp.example.com', { host: 'smtp.example.com', port: 587 }],
    ['[smtp.example.com]:465', { host: 'smtp.example.com', port: 465 }],
    ['[2001:db8::25]', { host: '2001:db8::25', port: 587 }],
  ])('the relay host %s', (relayhost, read) => {
    expect(readSite({ ...mailserver, relayhost })).toMatchObject({ relayhost: { ...read, login: undefined } });
  });

  test('the password of the relay host, from a file', () => {
    const file = join(temporaryDirectory(), 'password');
    const wishes = {
      ...mailserver,
      relayhost: 'smtp.example.com',
      'relayhost-user': 'adam@example.com',
      'relayhost-password-file': file,
    };
    writeFileSync(file, 'open $sesame: #1\n');
    expect(readSite(wishes)).toMatchObject({
      relayhost: { login: { user: 'adam@example.com', password: 'open $sesame: #1' } },
    });
    for (const text of ['', '\n', 'two\nlines\n', ' space', 'bell\u0007bell']) {
      writeFileSync(file, text);
      const fault = faultOf(wishes);
      expect(fault.message).toMatch(/^--relayhost-password-file: /);
      // Whatever it holds, it may be a password.
      expect(fault.message).not.toMatch(/two|space|bell/);
    }
  });
});

test('a certificate is taken with its own key only', async () => {
  const folder = temporaryDirectory();
  chmodSync(folder, 0o755);
  const texts = await Promise.all(['a.example', 'b.example'].map((name) => pemOf(name)));
  const [a, b] = texts.map((text, index) => {
    const path = join(folder, `${index}.pem`);
    writeFileSync(path, text);
    return path;
  }) as [string, string];
  expect(readSite({ ...domains, cert: a, key: a }).tls).toEqual({ is: 'files', cert: a, key: a });
  expect(faultOf({ ...domains, cert: a, key: b }).message).toBe(`--key: ${b} is not the key of ${a}.`);
  writeFileSync(b, 'nothing');
  expect(faultOf({ ...domains, cert: b, key: a }).message).toMatch(/^--cert: \S+ is no certificate/);
});
