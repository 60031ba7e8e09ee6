import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from '../../src/lib/tls/self-signed.ts';
import { freePort } from '../machine/port.ts';
import { startPeer, type RunningServer } from './server.ts';

/** Debian's number for `mail`. */
const mail = 8;

/** A Dovecot full of mail, for those who fetch it. Everybody's password is `secret`. */
export interface MailStore extends Omit<RunningServer, 'protocol'> {
  /** Where it speaks IMAP in TLS. */
  readonly port: number;
  readonly cert: string;
  fill(user: string, sizes: readonly number[]): void;
  /** Takes back what a client has marked. */
  unmark(user: string): void;
  /** A message into the inbox, at once; resolves with when it was there. */
  put(user: string, name: string): number;
}

export async function startMailStore(folder: string): Promise<MailStore> {
  const port = await freePort();
  const { cert, key } = await selfSigned('localhost', Date.now());
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  for (const name of ['mail', 'home']) mkdirSync(join(folder, name));
  execFileSync('chmod', ['755', folder]);
  execFileSync('chown', ['-R', 'mail:mail', join(folder, 'mail'), join(folder, 'home')]);
  const configuration = join(folder, 'dovecot.conf');
  writeFileSync(configuration, settings(folder, port, files));
  const server = await startPeer(folder, port, ['dovecot', '-F', '-c', configuration]);
  const maildir = (user: string) => join(folder, 'mail', user);
  return {
    ...server,
    port,
    cert: files.cert,
    fill(user, sizes) {
      for (const name of ['', 'new', 'cur', 'tmp']) mkdirSync(join(maildir(user), name), { recursive: true });
      for (const [index, size] of sizes.entries()) {
        writeFileSync(
          join(maildir(user), 'new', `${1_700_000_000 + index}.M${index}P1.bench`),
          letter(`${user}-${index}`, size),
        );
      }
      execFileSync('chown', ['-R', 'mail:mail', maildir(user)]);
    },
    unmark(user) {
      execFileSync('doveadm', [
        '-c',
        configuration,
        'flags',
        'remove',
        '-u',
        user,
        '\\Seen',
        'mailbox',
        'INBOX',
        'all',
      ]);
    },
    put(user, name) {
      const path = join(maildir(user), 'tmp', name);
      writeFileSync(path, letter(name, 4_000));
      chownSync(path, mail, mail);
      execFileSync('mv', [path, join(maildir(user), 'new', name)]);
      return Date.now();
    },
  };
}

const line = 'You have won a lot of money that only waits for you to take it.\r\n';

function letter(name: string, size: number): string {
  const head = `From: <s@example.org>\r\nMessage-ID: <${name}@example.org>\r\nSubject: ${name}\r\n\r\n`;
  return head + line.repeat(Math.max(1, Math.round((size - head.length) / line.length)));
}

export function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

function settings(
  folder: string,
  port: number,
  { cert, key }: { readonly cert: string; readonly key: string },
): string {
  return `base_dir = ${folder}/run
state_dir = ${folder}/run
instance_name = spamtrap-bench-${port}
log_path = /dev/null
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${cert}
ssl_key = <${key}
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 200
first_valid_uid = ${mail}
last_valid_uid = ${mail}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${mail} gid=${mail} home=${folder}/home/%u allow_all_users=yes
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
  }
}
`;
}
