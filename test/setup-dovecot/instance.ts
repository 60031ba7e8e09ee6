import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareFiles } from '../../src/lib/setup/compare-files.ts';
import { dovecotFiles } from '../../src/lib/setup/dovecot/dovecot-files.ts';
import { dovecotGroup } from '../../src/lib/setup/dovecot/installed.ts';
import { readSite } from '../../src/lib/setup/dovecot/read-site.ts';
import type { RunAs } from '../../src/lib/setup/dovecot/site.ts';
import type { Wishes } from '../../src/lib/setup/dovecot/wishes.ts';
import { installFiles } from '../../src/lib/setup/install-files.ts';
import { hashPassword } from '../../src/lib/setup/mail/hash-password.ts';
import { mailUser } from '../support/dovecot.ts';
import { freePorts, RealProcess, serverFolder } from '../support/real-server.ts';

export const password = 'correct horse';

const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

export interface Instance {
  readonly folder: string;
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  readonly complaints: () => string[];
  /** Everything that it has said. */
  readonly log: () => string;
}

/** The user `mail`, who runs all of it, or root, who has Dovecot read mail as that user. */
export const starters: Readonly<Record<string, RunAs>> = {
  root: { is: 'root' },
  'one user': { is: 'one', user: 'mail', group: 'mail', uid: mailUser, gid: mailUser },
};

/** Debian's Dovecot in the foreground, from exactly what the command makes, on loopback alone. */
export async function startInstance(wishes: Wishes, runAs: RunAs, queue?: string): Promise<Instance> {
  const folder = join(serverFolder(), 'dovecot');
  const [imap, imaps, pop3, pop3s] = (await freePorts(4)) as [number, number, number, number];
  const hasTls = !wishes['no-tls'];
  const hasPop3 = wishes.mode !== 'mailserver';
  const port = (number: number, isOn: boolean) => (isOn ? String(number) : 'off');
  const site = readSite(
    {
      uid: String(mailUser),
      gid: String(mailUser),
      listen: ['127.0.0.1'],
      'imap-port': String(imap),
      'imaps-port': port(imaps, hasTls),
      'pop3-port': port(pop3, hasPop3),
      'pop3s-port': port(pop3s, hasPop3 && hasTls),
      ...(queue !== undefined && { 'postfix-queue': queue }),
      ...wishes,
    },
    { folder, runAs, installed: '2.3' },
  );
  const now = new Date();
  const group = runAs.is === 'root' ? dovecotGroup() : undefined;
  const files = await dovecotFiles(site, { now, hash: await hashPassword(password), group });
  installFiles(folder, compareFiles(folder, files), now);
  chmodSync(folder, 0o755);
  for (const name of ['mail', 'home', 'inbox']) {
    mkdirSync(join(folder, name));
    chownSync(join(folder, name), mailUser, mailUser);
  }
  if (site.mode === 'mailserver') {
    execFileSync('sievec', ['-c', join(folder, 'dovecot.conf'), join(folder, 'before.sieve')], { env });
  }
  if (runAs.is === 'one') execFileSync('chown', ['-R', `${runAs.uid}:${runAs.gid}`, folder]);
  const server = new RealProcess('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], {
    env,
    ...(runAs.is === 'one' && { uid: runAs.uid }),
  });
  await server.says('starting up');
  const complaints = () => server.output.split('\n').filter((line) => /: (?:Warning|Error|Fatal|Panic): /.test(line));
  return { folder, imap, imaps, pop3, pop3s, complaints, log: () => server.output };
}
