import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spamtrap } from '../mail/spamtrap.ts';
import { mailUser } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { freePorts, serverFolder } from '../support/real-server.ts';

const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
const owner = ['--uid', String(mailUser), '--gid', String(mailUser)];

/** Two states of one folder that differ in most of their files. */
function wordsFor(
  folder: string,
  port: number,
  store: 'maildir' | 'mbox',
  tls: '--self-signed' | '--no-tls',
): string[] {
  const ports = ['--imap-port', String(port), '--imaps-port', 'off', '--pop3-port', 'off', '--pop3s-port', 'off'];
  const place = ['--listen', '127.0.0.1', ...ports, '--out', folder, '--layout', 'split'];
  const words = ['setup-dovecot', '--mode', 'mailbox', ...owner, tls, '--store', store, ...place];
  return [...words, '--apply', '--no-verify', '--json'];
}

peer('dovecot-imapd', 'strace')('setting up that is killed', () => {
  it('leaves a configuration that works, whichever file was the last, and can be done again', async () => {
    const root = serverFolder();
    const folder = join(root, 'dovecot');
    const [before, after] = (await freePorts(2)) as [number, number];
    const old = wordsFor(folder, before, 'maildir', '--self-signed');
    const wanted = wordsFor(folder, after, 'mbox', '--no-tls');
    expect(spamtrap(old).status).toBe(0);
    cpSync(folder, join(root, 'old'), { recursive: true });
    let killed = 0;
    for (let file = 1; file <= 8; file++) {
      rmSync(folder, { recursive: true });
      cpSync(join(root, 'old'), folder, { recursive: true });
      const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=rename:signal=KILL:when=${file}`];
      const { signal } = spawnSync('strace', [...inject, spamtrap.program, ...wanted], { env });
      if (signal === 'SIGKILL') killed++;
      const { status, stdout, stderr } = spawnSync('doveconf', ['-c', join(folder, 'dovecot.conf'), '-n'], {
        encoding: 'utf8',
        env,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect([before, after]).toContain(Number(/inet_listener imap \{\s+port = (\d+)/.exec(stdout)?.[1]));
      expect(spamtrap(wanted).status).toBe(0);
      expect(readFileSync(join(folder, 'conf.d/10-master.conf'), 'utf8')).toContain(`port = ${after}`);
    }
    expect(killed).toBeGreaterThanOrEqual(4);
    const last = JSON.parse(spamtrap(wanted).stdout.trim().split('\n').at(-1)!) as { result: string };
    expect(last.result).toBe('unchanged');
  });
});
