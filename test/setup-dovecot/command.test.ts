import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSigned } from '../../src/lib/tls/self-signed.ts';
import { spamtrap } from '../mail/spamtrap.ts';
import { mailUser } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { freePorts, serverFolder } from '../support/real-server.ts';

interface Result {
  readonly result: string;
  readonly made?: { readonly user: string; readonly password: string };
}

function records(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function scene() {
  const root = serverFolder();
  const [imap, imaps, pop3s] = (await freePorts(3)).map(String) as [string, string, string];
  const folder = join(root, 'dovecot');
  const ports = ['--imap-port', imap, '--imaps-port', imaps, '--pop3-port', 'off', '--pop3s-port', pop3s];
  const place = ['--listen', '127.0.0.1', ...ports, '--out', folder];
  const people = [
    '--mode',
    'mailbox',
    '--user',
    'adam',
    '--uid',
    String(mailUser),
    '--gid',
    String(mailUser),
    ...place,
  ];
  const setup = (...words: readonly string[]) => spamtrap(['setup-dovecot', ...words]);
  const result = (stdout: string) => records(stdout).find((record) => 'result' in record) as unknown as Result;
  return { root, folder, imaps, people, setup, result };
}

const quiet = ['--no-verify', '--json'];

peer('dovecot-imapd')('setup-dovecot', () => {
  it('shows what it would write, and writes nothing', async () => {
    const { people, setup, folder } = await scene();
    const { status, stdout } = setup(...people, '--self-signed');
    expect(status).toBe(0);
    expect(stdout).toContain('+ssl = required');
    expect(stdout).toMatch(/^new {8}.*users: not shown, it holds a secret$/m);
    expect(stdout).not.toContain('ARGON2ID}');
    expect(existsSync(folder)).toBe(false);
  });

  it('shows a password once, and keeps a hash that Dovecot’s group alone may read', async () => {
    const { people, setup, folder, result } = await scene();
    const first = result(setup(...people, '--self-signed', '--apply', ...quiet).stdout);
    expect(first).toMatchObject({ result: 'written', made: { user: 'adam' } });
    const users = readFileSync(join(folder, 'users'), 'utf8');
    expect(users).toMatch(/^adam:\{ARGON2ID\}/m);
    expect(users).not.toContain(first.made!.password);
    expect(statSync(join(folder, 'users')).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o640 : 0o600);
    expect(statSync(join(folder, 'tls.pem')).mode & 0o777).toBe(0o600);
    const second = result(setup(...people, '--self-signed', '--apply', ...quiet).stdout);
    expect(second).toMatchObject({ result: 'unchanged' });
    expect(second.made).toBeUndefined();
  });

  it('keeps what it replaces, and what is yours', async () => {
    const { people, setup, folder, result } = await scene();
    setup(...people, '--self-signed', '--apply', ...quiet);
    const edited = `${readFileSync(join(folder, 'dovecot.conf'), 'utf8')}\n# by hand\n`;
    writeFileSync(join(folder, 'dovecot.conf'), edited);
    writeFileSync(join(folder, 'users'), 'eve:{X}::::::\n');
    const { stdout } = setup(...people, '--self-signed');
    expect(stdout).toContain('-# by hand');
    expect(result(setup(...people, '--self-signed', '--apply', ...quiet).stdout)).toMatchObject({ result: 'written' });
    const [backup] = readdirSync(folder).filter((name) => name.endsWith('.bak'));
    expect(readFileSync(join(folder, backup!), 'utf8')).toBe(edited);
    expect(readFileSync(join(folder, 'users'), 'utf8')).toBe('eve:{X}::::::\n');
  });

  it.runIf(process.getuid?.() === 0)(
    'tries from outside what it has changed, as far as it can without a password',
    async () => {
      const { people, setup, imaps } = await scene();
      expect(setup(...people, '--self-signed', '--apply').stdout).toContain('a message there and back: 317 bytes');
      const [other] = (await freePorts(1)) as [number];
      const moved = people.map((word) => (word === imaps ? String(other) : word));
      const { status, stdout } = setup(...moved, '--self-signed', '--apply');
      expect(status).toBe(0);
      expect(stdout).toMatch(/^ok {7}Dovecot {2}certificate: TLSv1\.3/m);
      expect(stdout).toMatch(/^skipped {2}Dovecot {2}log in: no password is known/m);
    },
  );

  it('says why each setting is there', async () => {
    const { people, setup, folder } = await scene();
    for (const version of ['2.3', '2.4']) {
      const { stdout } = setup(...people, '--self-signed', '--explain', '--json', '--dovecot-version', version);
      const explained = records(stdout) as { setting: string; why: string }[];
      expect(explained.length).toBeGreaterThan(25);
      for (const { setting, why } of explained) expect(why, setting).toMatch(/^[A-Z].*\.$/);
      expect(explained.map(({ setting }) => setting)).toContain('service imap-login / inet_listener imaps / port');
    }
    expect(existsSync(folder)).toBe(false);
  });

  it('writes for the Dovecot of another machine, and does not ask its own then', async () => {
    const { people, setup } = await scene();
    const { stdout } = setup(...people, '--self-signed', '--dovecot-version', '2.4');
    expect(stdout).toContain('+dovecot_config_version = 2.4.0');
    expect(stdout).toContain('not asked  doveconf -n: the Dovecot of this machine speaks 2.3, and this is 2.4');
  });

  it('refuses ports that somebody has, before anything is written', async () => {
    const { people, setup, folder, imaps } = await scene();
    const server = createServer().listen(Number(imaps), '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    expect((server.address() as AddressInfo).port).toBe(Number(imaps));
    const { status, stderr } = setup(...people, '--self-signed', '--apply', ...quiet);
    expect(status).toBe(2);
    expect(stderr).toContain(`--imaps-port: somebody listens on port ${imaps} already.`);
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses certificates that are missing, expired or of another key, before anything is written', async () => {
    const { people, setup, folder, root } = await scene();
    const decade = 3_650 * 86_400_000;
    const pairs = { good: Date.now(), other: Date.now(), old: Date.now() - decade - 86_400_000 };
    for (const [name, from] of Object.entries(pairs)) {
      const { cert, key } = await selfSigned('mail.example.org', from);
      writeFileSync(join(root, `${name}.crt`), cert);
      writeFileSync(join(root, `${name}.key`), key);
    }
    const using = (cert: string, key: string) =>
      setup(...people, '--cert', join(root, cert), '--key', join(root, key), '--apply', ...quiet).stderr;
    expect(using('missing.crt', 'good.key')).toContain('missing.crt cannot be read');
    expect(using('good.crt', 'other.key')).toContain('is not the key of');
    expect(using('old.crt', 'old.key')).toContain('has expired on');
    expect(using('good.key', 'good.key')).toContain('is no certificate');
    expect(setup(...people, '--apply', ...quiet).stderr).toContain('want a certificate');
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses a queue of Postfix that is not there, before anything is written', async () => {
    const { setup, folder, imaps } = await scene();
    const place = ['--out', folder, '--listen', '127.0.0.1', '--imap-port', 'off', '--imaps-port', imaps];
    const words = ['--mode', 'mailserver', '--user', 'adam@example.org', '--uid', String(mailUser), '--self-signed'];
    const queue = ['--postfix-queue', join(folder, 'queue')];
    const { status, stderr } = setup(...words, ...place, ...queue, '--apply', ...quiet);
    expect(status).toBe(2);
    expect(stderr).toContain('queue/private is not there');
    expect(existsSync(folder)).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)('refuses a folder into which Dovecot’s users cannot get', async () => {
    const { people, setup, root } = await scene();
    const closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const words = people.map((word) => (word === join(root, 'dovecot') ? join(closed, 'dovecot') : word));
    const { status, stderr } = setup(...words, '--self-signed', '--apply', ...quiet);
    expect(status).toBe(2);
    expect(stderr).toContain('closed can be entered by its owner alone');
    expect(readdirSync(closed)).toEqual([]);
  });

  it('leaves a folder alone in which a link stands for a file', async () => {
    const { people, setup, folder } = await scene();
    mkdirSync(join(folder, 'users'), { recursive: true });
    const { status, stderr } = setup(...people, '--self-signed', '--apply', ...quiet);
    expect(status).toBe(1);
    expect(stderr).toContain('is no plain file');
    expect(readdirSync(folder)).toEqual(['users']);
  });
});

describe('a mode that nobody has named', () => {
  it('is asked for on a terminal only', () => {
    const { status, stderr } = spamtrap(['setup-dovecot', '--apply']);
    expect(status).toBe(2);
    expect(stderr).toContain('--mode: it is missing.');
  });
});
