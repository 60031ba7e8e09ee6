import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AddressChange } from './address-change.ts';
import { dovecotConfiguration, dovecotOauth2 } from './dovecot-configuration.ts';
import { parseMailLog, type MailLogEntry } from './dovecot-mail-log.ts';
import { Foreground, type LogLine } from './foreground.ts';
import { freePorts } from './free-port.ts';
import { LmtpClient } from './lmtp-client.ts';
import type { Owner } from './owner.ts';
import { openFolder } from './server-folder.ts';
import { writeServerCertificate, type ServerCertificate } from './server-certificate.ts';
import { startTokenServer } from './token-server.ts';

/** As whom Dovecot reads mail. On every Debian this is `mail`. */
const mailUser = 8;

export interface MailDovecotOptions {
  /** Whoever is not among them cannot log in. */
  readonly users: readonly string[];
  /** Everybody's. */
  readonly password?: string;
  /** Whether it takes a password without TLS; it does not by default. */
  readonly clear?: boolean;
  /** Whether it offers COMPRESS=DEFLATE; it does not by default. */
  readonly compress?: boolean;
  /** What its setting imap_capability takes, such as `-IDLE -MOVE`; wins over `compress`. */
  readonly capability?: string;
  /** Bearer tokens, each with the user whom it lets in by XOAUTH2 and OAUTHBEARER. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Further lines for the end of its configuration. */
  readonly settings?: string;
}

export interface MailDovecotPorts {
  /** Offers STARTTLS, as does `pop3`. */
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  readonly lmtp: number;
}

/** Debian's Dovecot in the foreground with IMAP, POP3 and LMTP, with a folder of its own for everything. */
export interface MailDovecot {
  readonly ports: MailDovecotPorts;
  readonly password: string;
  readonly certificate: ServerCertificate;
  /** Delivers by LMTP, which adds trace headers, to INBOX or into this folder. */
  deliver(user: string, message: Buffer, folder?: string): Promise<void>;
  /** Puts messages into a folder, new or with these flags. The bytes are what a client gets, if its lines end by CRLF. */
  fill(user: string, folder: string, messages: readonly Buffer[], flags?: readonly MaildirFlag[]): void;
  /** Every line that it has logged since the start, over restarts. */
  log(): readonly LogLine[];
  mailLog(): readonly MailLogEntry[];
  /** Resolves with the first line that matches, one of the past or of the future; of those from this index on, if given. */
  logged(pattern: RegExp | string, from?: number): Promise<LogLine>;
  /** Numbers a folder's messages anew, from 1 on, with another UIDVALIDITY. Nobody may have it open. */
  renumber(user: string, folder?: string): void;
  uidValidity(user: string, folder?: string): number;
  /** What is in a folder now. */
  messages(user: string, folder?: string): StoredMail[];
  /** A command of its administrator, by doveadm. */
  admin(...words: readonly string[]): string;
  /** Ends it if it runs, and starts it on the same ports with what it has. */
  restart(): Promise<void>;
  /** Ends it in order; clients are cut off. */
  stop(): Promise<void>;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
}

export type MaildirFlag = 'D' | 'F' | 'R' | 'S' | 'T';

export interface StoredMail {
  readonly uid: number;
  readonly flags: readonly string[];
}

/** Free of everything that needs a test around it; `startMailDovecot` is for tests. */
export async function launchMailDovecot(options: MailDovecotOptions, own: Owner): Promise<MailDovecot> {
  const folder = openFolder();
  let server: Installation | undefined;
  own(async () => {
    await server?.stop();
    folder.remove();
  });
  const [imap, imaps, pop3, pop3s, lmtp] = (await freePorts(5)) as [number, number, number, number, number];
  const ports = { imap, imaps, pop3, pop3s, lmtp };
  const certificate = await writeServerCertificate(folder.path);
  const { tokens, password = 'secret' } = options;
  if (tokens) {
    const address = await startTokenServer(new Map(Object.entries(tokens)), own);
    writeFileSync(join(folder.path, 'oauth2.conf'), dovecotOauth2(address), { mode: 0o644 });
  }
  for (const name of ['mail', 'home']) makeFolder(join(folder.path, name));
  const users = options.users.map(
    (user) => `${user}:{PLAIN}${password}:${mailUser}:${mailUser}::${folder.path}/home/${user}::\n`,
  );
  writeFileSync(join(folder.path, 'passwd'), users.join(''), { mode: 0o644 });
  const configuration = dovecotConfiguration({ ...options, folder: folder.path, ports, certificate, mailUser });
  writeFileSync(join(folder.path, 'dovecot.conf'), configuration);
  server = new Installation(folder.path, ports, { ...options, password }, certificate);
  await server.restart();
  return server;
}

class Installation implements MailDovecot {
  readonly ports: MailDovecotPorts;
  readonly password: string;
  readonly certificate: ServerCertificate;
  readonly #folder: string;
  readonly #clear: boolean;
  #ways: readonly AddressChange[] = [];
  #earlier: readonly LogLine[] = [];
  #server: Foreground | undefined;
  #files = 0;

  constructor(
    folder: string,
    ports: MailDovecotPorts,
    { password, clear = false }: { readonly password: string; readonly clear?: boolean },
    certificate: ServerCertificate,
  ) {
    this.#folder = folder;
    this.ports = ports;
    this.password = password;
    this.#clear = clear;
    this.certificate = certificate;
  }

  async deliver(user: string, message: Buffer, folder?: string): Promise<void> {
    const [local, ...domain] = user.split('@');
    const address = [folder === undefined ? local! : `${local!}+${folder}`, ...domain].join('@');
    const client = await LmtpClient.connect(this.ports.lmtp);
    try {
      await client.deliver(address, message);
    } finally {
      client.close();
    }
  }

  fill(user: string, folder: string, messages: readonly Buffer[], flags: readonly MaildirFlag[] = []): void {
    const maildir = this.#maildir(user, folder);
    // Flags are part of a name, and what has them is not new.
    const [where, suffix] = flags.length === 0 ? ['new', ''] : ['cur', `:2,${[...flags].sort().join('')}`];
    for (const message of messages) {
      const number = this.#files++;
      const seconds = 1_700_000_000 + number;
      // With the size in its name Dovecot need not look.
      const path = join(maildir, where, `${seconds}.M${number}P1.test,S=${message.length}${suffix}`);
      writeFileSync(path, message, { mode: 0o600 });
      utimesSync(path, seconds, seconds);
      chownSync(path, mailUser, mailUser);
    }
  }

  log(): readonly LogLine[] {
    return [...this.#earlier, ...(this.#server?.lines ?? [])];
  }

  mailLog(): readonly MailLogEntry[] {
    return parseMailLog(this.log());
  }

  async logged(pattern: RegExp | string, from = 0): Promise<LogLine> {
    const past = this.#earlier.slice(from).find(({ text }) => text.search(pattern) >= 0);
    if (past) return past;
    if (!this.#server) throw new Error('The server has not been started');
    return await this.#server.logged(pattern, Math.max(0, from - this.#earlier.length));
  }

  renumber(user: string, folder = 'INBOX'): void {
    const before = this.uidValidity(user, folder);
    const maildir = this.#maildir(user, folder);
    for (const name of readdirSync(maildir)) {
      if (/^dovecot(?:-uidlist|\.index)/.test(name)) rmSync(join(maildir, name));
    }
    // Dovecot takes the time for it, which may be the same second still.
    this.admin('mailbox', 'update', '-u', user, '--uid-validity', String(before + 1), folder);
  }

  uidValidity(user: string, folder = 'INBOX'): number {
    const said = this.admin('mailbox', 'status', '-u', user, 'uidvalidity', folder);
    return Number(/uidvalidity=(\d+)/.exec(said)![1]);
  }

  messages(user: string, folder = 'INBOX'): StoredMail[] {
    const lines = this.admin('-f', 'tab', 'fetch', '-u', user, 'uid flags', 'mailbox', folder, 'all').split('\n');
    return lines
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => {
        const [uid, flags] = line.split('\t') as [string, string];
        return { uid: Number(uid), flags: flags.split(' ').filter((flag) => flag !== '') };
      });
  }

  admin(...words: readonly string[]): string {
    return execFileSync('doveadm', ['-c', join(this.#folder, 'dovecot.conf'), ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#earlier = this.log();
    // What a power cut leaves here would count as a server that runs.
    rmSync(join(this.#folder, 'run'), { recursive: true, force: true });
    this.#server = new Foreground('dovecot', ['-F', '-c', join(this.#folder, 'dovecot.conf')], { env: environment });
    // By the time it says so, it listens.
    await this.#server.logged('starting up for');
    if (this.#clear) return;
    this.#ways = await Promise.all([this.ports.imap, this.ports.pop3].map((port) => AddressChange.open(port)));
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.#closeWays();
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
    await this.#closeWays();
  }

  async #closeWays(): Promise<void> {
    const ways = this.#ways;
    this.#ways = [];
    await Promise.all(ways.map((way) => way.close()));
  }

  #maildir(user: string, folder: string): string {
    const root = join(this.#folder, 'mail', user);
    const maildir = folder === 'INBOX' ? root : join(root, `.${folder}`);
    for (const path of [root, maildir, ...['new', 'cur', 'tmp'].map((name) => join(maildir, name))]) makeFolder(path);
    return maildir;
  }
}

const environment = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chownSync(path, mailUser, mailUser);
}
