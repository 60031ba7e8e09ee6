import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, readSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, RealProcess, serverFolder, writeCertificate } from './real-server.ts';
import { startDovecotAuth } from './real-dovecot-auth.ts';

/** Postfix starts its services as users of their own. */
export const canStartPostfix = process.getuid?.() === 0;

export interface PostfixOptions {
  readonly hostname?: string;
  /** Whether STARTTLS is offered, and TLS from the first byte on a second port. */
  readonly tls?: boolean;
  /** Whether AUTH is offered, and on which connections; a user and a password are in real-dovecot-auth.ts. */
  readonly auth?: 'always' | 'secure' | 'never';
  /** Where accepted mail goes: nowhere unless the test says otherwise. */
  readonly transport?: 'discard:' | `lmtp:${string}`;
  /** Further lines of main.cf. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface Postfix {
  readonly port: number;
  /** Where TLS begins with the first byte; 0 without TLS. */
  readonly tlsPort: number;
  /** The lines it has logged so far. */
  log(): string[];
  /** Resolves with the lines that match as soon as there are so many. */
  logged(pattern: RegExp, count?: number): Promise<string[]>;
  /** Resolves when so many messages, counted from the start, have left the queue. */
  emptied(messages: number): Promise<void>;
  /** The messages in the queue, as `postqueue -j` tells them. */
  queue(): unknown[];
  stop(): Promise<void>;
}

/**
 * Debian's Postfix in the foreground, with a configuration, queue and port of its own. It takes mail for everybody, as
 * an open relay does, and cannot send any: there is no SMTP client among its services.
 */
export async function startPostfix(options: PostfixOptions = {}): Promise<Postfix> {
  const folder = serverFolder();
  const [port, tlsPort] = (await freePorts(2)) as [number, number];
  const configuration = await configure(folder, { port, tlsPort }, options);
  // Makes the folders of the queue, with the owners that they must have.
  const check = spawnSync('postfix', ['-c', configuration, 'check'], { encoding: 'utf8', env });
  if (check.status !== 0) throw new Error(`postfix check: ${check.stderr}`);
  const daemons = execFileSync('postconf', ['-c', configuration, '-h', 'daemon_directory'], { encoding: 'utf8', env });
  const server = new RealProcess(join(daemons.trim(), 'master'), ['-c', configuration, '-d'], { env });
  await server.listens(port);
  const log = new Log(join(folder, 'log'));
  return {
    port,
    tlsPort: options.tls ? tlsPort : 0,
    log: () => log.lines(),
    logged: (pattern, count = 1) => log.matching(pattern, count),
    emptied: (messages) => emptied(configuration, log, messages),
    queue: () => queued(configuration),
    stop: async () => {
      await server.stop();
      log.close();
    },
  };
}

// A message that is to be tried again while it is still being put aside is skipped, and then lies in the queue until
// something else comes in. So Postfix is told now and then to go on, as an operator would.
async function emptied(configuration: string, log: Log, messages: number): Promise<void> {
  for (let look = 1; look <= 8; look++) {
    const removed = log.matching(/\/qmgr\[\d+\]: \w+: removed$/, messages, patience / 4);
    if ((await removed.catch(() => undefined)) || queued(configuration).length === 0) return;
    execFileSync('postqueue', ['-c', configuration, '-f'], { env });
  }
  throw new Error(`The queue does not get empty: ${JSON.stringify(queued(configuration).slice(0, 5))}`);
}

function queued(configuration: string): unknown[] {
  const listed = execFileSync('postqueue', ['-c', configuration, '-j'], { encoding: 'utf8', env });
  const lines = listed.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

async function configure(
  folder: string,
  { port, tlsPort }: { readonly port: number; readonly tlsPort: number },
  { hostname = 'mail.example.test', tls = false, auth = 'never', transport = 'discard:', settings }: PostfixOptions,
): Promise<string> {
  const [configuration, queue, data] = ['configuration', 'queue', 'data'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [configuration, queue, data]) mkdirSync(path);
  const { uid } = statSync(execFileSync('postconf', ['-d', '-h', 'data_directory'], { encoding: 'utf8', env }).trim());
  chownSync(data, uid, -1);
  const main: Record<string, string | number> = {
    compatibility_level: '3.6',
    myhostname: hostname,
    // Debian's own addition to the greeting.
    smtpd_banner: '$myhostname ESMTP $mail_name (Debian/GNU)',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    queue_directory: queue,
    data_directory: data,
    maillog_file: join(folder, 'log'),
    maillog_file_prefixes: '/',
    append_dot_mydomain: 'no',
    alias_maps: '',
    alias_database: '',
    // Its own name is nobody's home: it takes those recipients as well.
    local_recipient_maps: '',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    // A peer whose name nobody knows, as most are.
    smtpd_peername_lookup: 'no',
    default_transport: transport,
    relay_transport: transport,
    local_transport: transport,
    smtpd_client_connection_count_limit: 0,
  };
  if (tls) {
    const { key, cert } = await writeCertificate(folder, hostname);
    Object.assign(main, {
      smtpd_tls_cert_file: cert,
      smtpd_tls_key_file: key,
      smtpd_tls_security_level: 'may',
    });
  }
  if (auth !== 'never') {
    Object.assign(main, {
      smtpd_sasl_auth_enable: 'yes',
      smtpd_sasl_type: 'dovecot',
      smtpd_sasl_path: await startDovecotAuth(),
      smtpd_tls_auth_only: auth === 'secure' ? 'yes' : 'no',
    });
  }
  Object.assign(main, settings);
  const lines = Object.entries(main).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(configuration, 'main.cf'), lines.join(''));
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    ...(tls ? [`127.0.0.1:${tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`] : []),
    // Without it the queue cannot be flushed.
    'pickup unix n - n 60 1 pickup',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'retry unix - - n - - error',
    'error unix - - n - - error',
    'discard unix - - n - - discard',
    'lmtp unix - - n - - lmtp',
    'proxymap unix - - n - - proxymap',
    'flush unix n - n 1000? 0 flush',
    'showq unix n - n - - showq',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
  writeFileSync(join(configuration, 'master.cf'), `${services.join('\n')}\n`);
  return configuration;
}

const patience = 120_000;

/** A log file that grows. */
class Log {
  readonly #path: string;
  readonly #lines: string[] = [];
  #file: number | undefined;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  lines(): string[] {
    this.#file ??= openSync(this.#path, 'r');
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (let length = 0; (length = readSync(this.#file, buffer)) > 0;) {
      const lines = (this.#rest + buffer.toString('latin1', 0, length)).split('\n');
      this.#rest = lines.pop()!;
      this.#lines.push(...lines);
    }
    return this.#lines;
  }

  async matching(pattern: RegExp, count: number, within = patience): Promise<string[]> {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    const found: string[] = [];
    let seen = 0;
    const look = () => {
      const lines = this.lines();
      for (; seen < lines.length; seen++) if (pattern.test(lines[seen]!)) found.push(lines[seen]!);
      if (found.length >= count) resolve(found);
    };
    const giveUp = () =>
      reject(new Error(`Not ${count} but ${found.length} of ${pattern}:\n${this.lines().slice(-50).join('\n')}`));
    const timer = setTimeout(giveUp, within);
    // The file is there: Postfix begins it by saying that it has started.
    const watcher = watch(this.#path, look);
    try {
      look();
      return await promise;
    } finally {
      clearTimeout(timer);
      watcher.close();
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
