import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary.ts';

/** Dovecot wants to be started by root and to read mail as somebody else. On every Debian this is `mail`. */
export const mailUser = 8;
export const canStartDovecot = process.getuid?.() === 0;

export const password = 'secret';

/** A folder that belongs to the user as whom Dovecot reads mail. */
export function mailUsersDirectory(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  chownSync(directory, mailUser, mailUser);
  return directory;
}

/** Hands over what a test has written itself as root. */
export function giveToMailUser(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    chownSync(join(directory, name), mailUser, mailUser);
  }
}

export interface Dovecot {
  /** Where it speaks IMAP. */
  readonly port: number;
  /** What it has found wrong so far. */
  readonly complaints: () => string[];
}

/** Debian's Dovecot in the foreground, with a folder of its own for everything. */
export async function startDovecot(maildir: string): Promise<Dovecot> {
  const home = temporaryDirectory();
  chmodSync(home, 0o755);
  mkdirSync(join(home, 'users'), { mode: 0o755 });
  const port = await freePort();
  const users = join(home, 'users', 'passwd');
  writeFileSync(users, `trap:{PLAIN}${password}:${mailUser}:${mailUser}::${home}::\n`, { mode: 0o644 });
  writeFileSync(join(home, 'dovecot.conf'), configuration({ home, port, users, maildir }));
  const child = spawn('dovecot', ['-F', '-c', join(home, 'dovecot.conf')], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await closed;
  });
  let log = '';
  const up = Promise.withResolvers<void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    // By the time it says so, it listens.
    if (log.includes('starting up for imap')) up.resolve();
  });
  child.on('close', () => up.reject(new Error(`Dovecot does not start: ${log}`)));
  await up.promise;
  return { port, complaints: () => log.split('\n').filter((line) => /: (?:Warning|Error|Fatal|Panic): /.test(line)) };
}

// Dovecot cannot choose a port by itself and say which.
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Surroundings {
  readonly home: string;
  readonly port: number;
  readonly users: string;
  readonly maildir: string;
}

function configuration({ home, port, users, maildir }: Surroundings): string {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${home}/run
state_dir = ${home}/state
instance_name = spamtrap-${port}
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${maildir}:INDEX=MEMORY
first_valid_uid = ${mailUser}
last_valid_uid = ${mailUser}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
passdb {
  driver = passwd-file
  args = ${users}
}
userdb {
  driver = passwd-file
  args = ${users}
}
`;
}
