import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPasswordOf } from '../../src/lib/setup/mail/hash-password.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { spamtrap } from './spamtrap.ts';

function mailServer(): string {
  const dir = temporaryDirectory();
  for (const name of ['postfix', 'dovecot']) mkdirSync(join(dir, name));
  const files = {
    'postfix/domains': '# Domains.\nexample.org OK\n',
    'postfix/mailboxes': '# Mailboxes.\n',
    'postfix/virtual_aliases': '# Aliases.\n',
    'postfix/outgoing': '@example.org smtp:\n',
    'dovecot/users': '# Users.\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  chmodSync(join(dir, 'dovecot/users'), 0o640);
  return dir;
}

function text(dir: string, name: string): string {
  return readFileSync(join(dir, name), 'utf8');
}

describe('users of a mail server', () => {
  it('are added with a hash, for Dovecot and for Postfix, and nobody else gets to read it', async () => {
    const dir = mailServer();
    const added = spamtrap(['mail', 'user', 'add', 'Adam@Example.org', '--password-stdin', '--dir', dir], 'apple\n');
    expect(added).toMatchObject({ status: 0, stderr: '' });
    expect(added.stdout).toContain(`Then: postfix -c ${dir}/postfix reload`);
    const [, line = ''] = text(dir, 'dovecot/users').split('\n');
    expect(line).toMatch(/^adam@example\.org:\{ARGON2ID\}\$argon2id\$v=19\$m=65536,t=3,p=1\$.*::::::$/);
    expect(await isPasswordOf(line.split(':')[1]!, 'apple')).toBe(true);
    expect(await isPasswordOf(line.split(':')[1]!, 'pear')).toBe(false);
    expect(text(dir, 'postfix/mailboxes')).toBe('# Mailboxes.\nadam@example.org adam@example.org\n');
    expect(statSync(join(dir, 'dovecot/users')).mode & 0o777).toBe(0o640);
  });

  it('get a password that is made for them, and another one', async () => {
    const dir = mailServer();
    const { password } = JSON.parse(
      spamtrap(['mail', 'user', 'add', 'adam@example.org', '--json', '--dir', dir]).stdout,
    );
    expect(password).toMatch(/^[a-z2-9]{24}$/);
    spamtrap(['mail', 'user', 'passwd', 'adam@example.org', '--password-stdin', '--dir', dir], 'pear');
    const hash = text(dir, 'dovecot/users').split('\n')[1]!.split(':')[1]!;
    expect(await isPasswordOf(hash, 'pear')).toBe(true);
  });

  it('are completed where adding them was cut off', () => {
    const dir = mailServer();
    writeFileSync(join(dir, 'dovecot/users'), 'adam@example.org:{X}::::::\n');
    expect(spamtrap(['mail', 'user', 'list', '--dir', dir]).stdout).toContain('Postfix takes no mail for it');
    expect(spamtrap(['mail', 'user', 'add', 'adam@example.org', '--dir', dir])).toMatchObject({ status: 0 });
    expect(text(dir, 'postfix/mailboxes')).toContain('adam@example.org adam@example.org\n');
    expect(spamtrap(['mail', 'user', 'add', 'adam@example.org', '--dir', dir])).toMatchObject({ status: 2 });
  });

  it('are removed, unless somebody’s mail goes to them', () => {
    const dir = mailServer();
    spamtrap(['mail', 'user', 'add', 'adam@example.org', '--dir', dir]);
    spamtrap(['mail', 'alias', 'add', '@example.org', 'adam@example.org', '--dir', dir]);
    const refused = spamtrap(['mail', 'user', 'remove', 'adam@example.org', '--dir', dir]);
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain('Mail for @example.org goes to adam@example.org');
    spamtrap(['mail', 'alias', 'remove', '@example.org', '--dir', dir]);
    expect(spamtrap(['mail', 'user', 'remove', 'adam@example.org', '--dir', dir])).toMatchObject({ status: 0 });
    expect(text(dir, 'dovecot/users')).toBe('# Users.\n');
    expect(text(dir, 'postfix/mailboxes')).toBe('# Mailboxes.\n');
    expect(text(dir, 'postfix/virtual_aliases')).toBe('# Aliases.\n');
  });

  it.each([
    [['user', 'add', 'adam@example.net'], 'Mail for example.net is not taken here.'],
    [['user', 'add', 'adam:x@example.org'], 'is no plain name or address'],
    [['user', 'add', 'adam\nroot@example.org'], 'is no plain name or address'],
    [['user', 'passwd', 'eve@example.org'], 'There is no user eve@example.org.'],
    [['user', 'remove', 'eve@example.org'], 'There is no user eve@example.org.'],
    [['alias', 'add', 'team@example.org', 'root'], 'is no plain address'],
    [['alias', 'add', 'team@example.org', '|/bin/sh'], 'is no plain address'],
    [['alias', 'add', 'team@example.net', 'adam@example.org'], 'Mail for example.net is not taken here.'],
    [['alias', 'remove', 'team@example.org'], 'There is no alias team@example.org.'],
    [['domain', 'add', 'example'], 'is no domain name'],
    [['domain', 'add', 'example.org'], 'is taken already'],
    [['domain', 'remove', 'example.net'], 'There is no domain example.net.'],
  ])('are as they were after %j', (words, complaint) => {
    const dir = mailServer();
    const before = ['dovecot/users', 'postfix/mailboxes', 'postfix/virtual_aliases', 'postfix/domains'].map((name) =>
      text(dir, name),
    );
    const { status, stderr } = spamtrap(['mail', ...words, '--dir', dir]);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
    const after = ['dovecot/users', 'postfix/mailboxes', 'postfix/virtual_aliases', 'postfix/domains'].map((name) =>
      text(dir, name),
    );
    expect(after).toEqual(before);
  });

  it('are not written through a link', () => {
    const dir = mailServer();
    unlinkSync(join(dir, 'dovecot/users'));
    writeFileSync(join(dir, 'elsewhere'), '');
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'dovecot/users'));
    expect(spamtrap(['mail', 'user', 'add', 'adam@example.org', '--dir', dir]).stderr).toContain('it is no plain file');
    expect(text(dir, 'elsewhere')).toBe('');
  });
});

describe('domains of a mail server', () => {
  it('are taken, may send, and go when nobody is left in them', () => {
    const dir = mailServer();
    expect(spamtrap(['mail', 'domain', 'add', 'Bücher.example', '--dir', dir])).toMatchObject({ status: 0 });
    expect(text(dir, 'postfix/domains')).toContain('xn--bcher-kva.example OK\n');
    expect(text(dir, 'postfix/outgoing')).toContain('@xn--bcher-kva.example smtp:\n');
    spamtrap(['mail', 'user', 'add', 'eve@xn--bcher-kva.example', '--dir', dir]);
    expect(spamtrap(['mail', 'domain', 'remove', 'bücher.example', '--dir', dir]).stderr).toContain(
      'There is still eve@',
    );
    spamtrap(['mail', 'user', 'remove', 'eve@xn--bcher-kva.example', '--dir', dir]);
    expect(spamtrap(['mail', 'domain', 'remove', 'bücher.example', '--dir', dir])).toMatchObject({ status: 0 });
    expect(text(dir, 'postfix/domains')).toBe('# Domains.\nexample.org OK\n');
  });
});

describe('two who edit at once', () => {
  it('both get what they wanted', async () => {
    const dir = mailServer();
    const names = Array.from({ length: 8 }, (_, index) => `user${index}@example.org`);
    await Promise.all(names.map((name) => spamtrap.running(['mail', 'user', 'add', name, '--dir', dir])));
    const { stdout } = spamtrap(['mail', 'user', 'list', '--json', '--dir', dir]);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; mailbox: boolean });
    expect(listed.map(({ name }) => name).sort()).toEqual(names);
    expect(listed.every(({ mailbox }) => mailbox)).toBe(true);
  });
});
