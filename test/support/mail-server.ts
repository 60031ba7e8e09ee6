import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailUser } from './dovecot.ts';
import { LmtpClient } from './lmtp-client.ts';
import { freePorts, RealProcess, serverFolder, writeCertificate } from './real-server.ts';

export const mailPassword = 'secret';
const tokenKey = 'a key for tokens that nobody else has';

export interface MailServerOptions {
  /** IMAP capabilities that it has beside its own, or lacks, as its setting imap_capability takes them. */
  readonly capability?: string;
  /** Whether logins in clear are taken. */
  readonly clear?: 'refused' | 'taken';
}

/** What a client did, as the server has logged it. */
export interface MailEvent {
  readonly user: string;
  readonly what: string;
  readonly folder: string;
  readonly uid: string;
  readonly messageId: string;
  readonly flags: string;
}

/** Debian's Dovecot with IMAP, POP3 and LMTP, for any user with one password. Its log tells what clients did. */
export class MailServer {
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  /** Path of the certificate that it shows, which vouches for itself. */
  readonly cert: string;
  readonly #folder: string;
  readonly #lmtp: number;
  #server: RealProcess;
  #before = '';
  #validity = 4_000_000_000;

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const folder = serverFolder();
    const ports = await freePorts(5);
    const { cert, key } = await writeCertificate(folder, 'localhost');
    for (const name of ['mail', 'home']) {
      mkdirSync(join(folder, name));
      chownSync(join(folder, name), mailUser, mailUser);
    }
    const keys = join(folder, 'keys', 'default', 'HS256');
    mkdirSync(keys, { recursive: true });
    writeFileSync(join(keys, 'default'), Buffer.from(tokenKey).toString('base64'));
    writeFileSync(join(folder, 'oauth2.conf'), oauth2(folder));
    writeFileSync(join(folder, 'dovecot.conf'), configuration(folder, ports, { cert, key }, options));
    const server = new MailServer(folder, ports, cert);
    await server.#server.says('starting up');
    return server;
  }

  private constructor(folder: string, ports: readonly number[], cert: string) {
    const [imap, imaps, pop3, pop3s, lmtp] = ports as [number, number, number, number, number];
    this.imap = imap;
    this.imaps = imaps;
    this.pop3 = pop3;
    this.pop3s = pop3s;
    this.cert = cert;
    this.#lmtp = lmtp;
    this.#folder = folder;
    this.#server = this.#launch();
  }

  /** A bearer token by which the user may log in. */
  token(user: string): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode({ sub: user, iat: 1, exp: 4_102_444_800 })}`;
    return `${signed}.${createHmac('sha256', tokenKey).update(signed).digest('base64url')}`;
  }

  /** Puts messages into a folder before anybody looks; the bytes are what a client gets. */
  fill(user: string, messages: readonly Buffer[], folder = 'INBOX'): void {
    const maildir = this.#maildir(user, folder);
    for (const [index, message] of messages.entries()) {
      const name = `${1_700_000_000 + index}.M${index}P1.test`;
      writeFileSync(join(maildir, 'new', name), message);
      chownSync(join(maildir, 'new', name), mailUser, mailUser);
    }
  }

  /** Delivers as a mail server would. */
  async deliver(user: string, message: Buffer): Promise<void> {
    const client = await LmtpClient.connect(this.#lmtp);
    await client.deliver(user, message);
    client.close();
  }

  /** A command of Dovecot's administrator. */
  admin(...words: readonly string[]): string {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return execFileSync('doveadm', ['-c', join(this.#folder, 'dovecot.conf'), ...words], {
      encoding: 'utf8',
      stdio: [...stdio],
      env: environment,
    });
  }

  /** Numbers the messages of a folder anew while nobody has it open. */
  renumber(user: string, folder = 'INBOX'): void {
    const maildir = this.#maildir(user, folder);
    for (const name of readdirSync(maildir)) {
      if (/^dovecot(?:-uidlist|-uidvalidity|\.index)/.test(name)) rmSync(join(maildir, name));
    }
    // Otherwise it is a time in seconds, and within one the same.
    this.admin('mailbox', 'update', '-u', user, '--uid-validity', String(++this.#validity), folder);
  }

  /** Subjects of what is in a folder, with the flags of each. */
  flags(user: string, folder = 'INBOX'): string[] {
    const found = this.admin('-f', 'tab', 'fetch', '-u', user, 'uid flags', 'mailbox', folder, 'all');
    return found
      .split('\n')
      .slice(1)
      .filter((line) => line !== '');
  }

  get log(): string {
    return this.#before + this.#server.output;
  }

  /** What clients did to messages, in order. */
  get events(): MailEvent[] {
    const line =
      /imap\(([^)]*)\)\S* *Info: (\w+): box=([^,]*), uid=(\d+), msgid=([^,]*), size=[^,]*(?:, flags=\(([^)]*)\))?/g;
    return [...this.log.matchAll(line)].map(([, user, what, folder, uid, messageId, flags]) => ({
      user: user!,
      what: what!,
      folder: folder!,
      uid: uid!,
      messageId: messageId!,
      flags: flags ?? '',
    }));
  }

  says(words: string): Promise<void> {
    return this.#server.says(words);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async restart(): Promise<void> {
    // Its clients are sent away first: for those who idle it would wait five seconds.
    spawnSync('doveadm', ['-c', join(this.#folder, 'dovecot.conf'), 'kick', '*'], { env: environment });
    await this.#server.stop();
    this.#before += this.#server.output;
    this.#server = this.#launch();
    await this.#server.says('starting up');
  }

  #launch(): RealProcess {
    return new RealProcess('dovecot', ['-F', '-c', join(this.#folder, 'dovecot.conf')], { env: environment });
  }

  #maildir(user: string, folder: string): string {
    const root = join(this.#folder, 'mail', user);
    const maildir = folder === 'INBOX' ? root : join(root, `.${folder}`);
    for (const path of [root, maildir, ...['new', 'cur', 'tmp'].map((name) => join(maildir, name))]) {
      mkdirSync(path, { recursive: true });
      chownSync(path, mailUser, mailUser);
    }
    return maildir;
  }
}

export function certificateText(server: MailServer): string {
  return readFileSync(server.cert, 'utf8');
}

const environment = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

function oauth2(folder: string): string {
  return `
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${folder}/keys/
username_attribute = sub
`;
}

function configuration(
  folder: string,
  ports: readonly number[],
  { cert, key }: { readonly cert: string; readonly key: string },
  { capability, clear = 'refused' }: MailServerOptions,
): string {
  const [imap, imaps, pop3, pop3s, lmtp] = ports;
  return `
protocols = imap pop3 lmtp
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
instance_name = spamtrap-${imap}
log_path = /dev/stderr
ssl = yes
ssl_cert = <${cert}
ssl_key = <${key}
disable_plaintext_auth = ${clear === 'refused' ? 'yes' : 'no'}
# On loopback every client would count as safe.
login_trusted_networks =
auth_mechanisms = plain oauthbearer xoauth2
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:${folder}/mail/%u
mail_plugins = notify mail_log
mail_max_userip_connections = 200
first_valid_uid = ${mailUser}
last_valid_uid = ${mailUser}
maildir_copy_with_hardlinks = yes
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
${capability === undefined ? '' : `protocol imap {\n  imap_capability = ${capability}\n}`}
service imap-login {
  chroot =
  process_min_avail = 2
  # One for many: TLS keeps it busy as long as a client stays, and only 100 are started.
  service_count = 0
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = ${imaps}
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = ${pop3}
  }
  inet_listener pop3s {
    port = ${pop3s}
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${lmtp}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf
}
passdb {
  driver = static
  mechanisms = plain
  args = password=${mailPassword}
}
userdb {
  driver = static
  args = uid=${mailUser} gid=${mailUser} home=${folder}/home/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
  mailbox Collected {
    auto = create
  }
}
plugin {
  mail_log_events = delete expunge flag_change copy
  mail_log_fields = uid box msgid size flags
}
`;
}
