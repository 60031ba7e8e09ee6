import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { canStartDovecot, mailUser } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { freePorts, RealProcess, serverFolder } from '../support/real-server.ts';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));

interface Step {
  readonly server: string;
  readonly step: string;
  readonly state: string;
  readonly detail: string;
}

function setup(folder: string, ports: readonly number[], ...more: readonly string[]) {
  const names = ['--port', '--submission-port', '--submissions-port', '--imaps-port'];
  const place = ['--listen', '127.0.0.1', ...names.flatMap((name, index) => [name, String(ports[index])])];
  const user = ['--user', 'adam@example.org', '--uid', String(mailUser), '--gid', String(mailUser), '--self-signed'];
  const words = ['setup-mailserver', ...user, ...place, '--out', folder, '--json', ...more];
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const steps = records.filter((record) => 'step' in record) as unknown as Step[];
  return { status, stderr, result: records.find((record) => 'result' in record), steps };
}

/** SpamAssassin and the milter that asks it, on loopback. */
async function filter(): Promise<string> {
  const [spamd, milter] = (await freePorts(2)) as [number, number];
  const home = serverFolder();
  for (const name of ['state', 'home']) mkdirSync(join(home, name));
  const words = ['-x', '-L', '-i', '127.0.0.1', '-p', String(spamd), '-m', '1', '-s', 'stderr', '--nouser-config'];
  const judge = new RealProcess('spamd', [...words, '-H', join(home, 'home')], { env: { PATH: usual, HOME: home } });
  await judge.says('server started');
  const asker = new RealProcess(
    'spamass-milter',
    ['-p', `inet:${milter}@127.0.0.1`, '-P', join(home, 'milter.pid'), '--', '-p', String(spamd)],
    { env: { PATH: usual } },
  );
  void asker;
  return `127.0.0.1:${milter}`;
}

const usual = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

peer(
  'postfix',
  'dovecot-imapd',
  'dovecot-lmtpd',
  'dovecot-sieve',
  'spamassassin',
  'spamass-milter',
)('a mail server', () => {
  it.runIf(canStartDovecot)(
    'passes everything that is tried on it, from an empty folder, with one command',
    async () => {
      const folder = join(serverFolder(), 'mailserver');
      const ports = await freePorts(4);
      const { status, stderr, steps } = setup(folder, ports, '--milter', await filter(), '--apply');
      expect(stderr).toBe('');
      expect(steps.filter(({ state }) => state === 'failed')).toEqual([]);
      expect(steps.filter(({ server, state }) => server === 'mail' && state === 'ok').map(({ step }) => step)).toEqual([
        'look into the mailbox',
        'delivery',
        'detail',
        'spam',
        'submission',
        'no forged senders',
      ]);
      expect(status).toBe(0);
      // What was started for that has ended.
      expect(existsSync(join(folder, 'dovecot/run/master.pid'))).toBe(false);
      expect(spawnSync('postfix', ['-c', join(folder, 'postfix'), 'status'], { env: { PATH: usual } }).status).not.toBe(
        0,
      );
    },
  );

  it.runIf(canStartDovecot)(
    'changes nothing when it is set up again, and keeps what the operator has written',
    async () => {
      const folder = join(serverFolder(), 'mailserver');
      const ports = await freePorts(4);
      expect(setup(folder, ports, '--no-verify').result).toMatchObject({ result: 'planned' });
      expect(existsSync(folder)).toBe(false);
      expect(setup(folder, ports, '--no-verify', '--apply').result).toMatchObject({ result: 'written' });
      const users = join(folder, 'dovecot/users');
      writeFileSync(users, `${readFileSync(users, 'utf8')}eve@example.org:{X}::::::\n`);
      expect(setup(folder, ports, '--no-verify', '--apply').result).toMatchObject({ result: 'unchanged' });
      expect(readFileSync(users, 'utf8')).toContain('eve@example.org');
    },
  );
});
