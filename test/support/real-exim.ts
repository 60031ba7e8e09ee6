import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { user } from './real-dovecot-auth.ts';
import { freePorts, RealProcess, serverFolder, writeCertificate } from './real-server.ts';
import { unpacked, unpackedPeer } from './unpacked-debian.ts';

const program = 'usr/sbin/exim4';
const packages = ['exim4-daemon-light', program, ['libnss-wrapper']] as const;

/** As peer() in peers.ts: `eximPeer()('Exim', () => { … })`. */
export const eximPeer = () => unpackedPeer(...packages);

/** The user that Debian's package makes. Nobody else has its number, and its name is known to Exim alone. */
const eximUser = 64_990;

export interface EximOptions {
  readonly hostname?: string;
  readonly tls?: boolean;
  readonly auth?: 'always' | 'secure' | 'never';
  /**
   * Whom it takes mail from and for: all, all that Debian's default rules let a relay's own hosts send, or mail for its
   * own name alone, as servers on the internet do.
   */
  readonly rules?: 'none' | 'debian' | 'noRelaying';
  /** Further main options. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface Exim {
  readonly port: number;
  /** Where TLS begins with the first byte; 0 without TLS. */
  readonly tlsPort: number;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Debian's Exim in the foreground, with a configuration, spool and port of its own. It takes mail for everybody, as an
 * open relay does, and leaves all of it in its spool.
 */
export async function startExim(options: EximOptions = {}): Promise<Exim> {
  const exim = new Installation(serverFolder());
  const [port, tlsPort] = (await freePorts(2)) as [number, number];
  const { hostname = 'mail.example.test', tls = false, auth = 'never', rules = 'none', settings = {} } = options;
  const certificate = tls ? await writeCertificate(exim.folder, hostname) : undefined;
  exim.configure(
    {
      primary_hostname: hostname,
      local_interfaces: '127.0.0.1',
      daemon_smtp_ports: `${port}${tls ? ` : ${tlsPort}` : ''}`,
      ...(certificate && {
        tls_advertise_hosts: '*',
        tls_certificate: certificate.cert,
        tls_privatekey: certificate.key,
        tls_on_connect_ports: tlsPort,
      }),
      ...(!certificate && { tls_advertise_hosts: '' }),
      queue_only: 'true',
      // Tests come in crowds.
      smtp_accept_max: 0,
      acl_smtp_mail: 'acl_all',
      acl_smtp_rcpt: { none: 'acl_all', debian: 'acl_rcpt', noRelaying: 'acl_own' }[rules],
      acl_smtp_data: rules === 'debian' ? 'acl_data' : 'acl_all',
      ...settings,
    },
    `${acls}
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
${auth === 'never' ? '' : authenticators(auth)}`,
  );
  const server = new RealProcess(exim.path, ['-C', exim.configuration, '-bdf', '-oP', join(exim.folder, 'pid')], {
    env: exim.env,
  });
  await server.listens(port);
  return { port, tlsPort: tls ? tlsPort : 0, log: () => exim.log(), stop: () => server.stop() };
}

export interface Delivery {
  readonly port: number;
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, lines ended by LF. */
  readonly message: string;
  readonly tls?: boolean;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/**
 * Lets Exim deliver a message by SMTP, in chunks when the server offers CHUNKING. Returns what Exim logged: a line with
 * `=>` or `->` for each recipient, and `K` in it when it went in chunks.
 */
export async function deliverByExim({
  port,
  from,
  to,
  message,
  tls = false,
  settings = {},
}: Delivery): Promise<string> {
  const exim = new Installation(serverFolder());
  exim.configure(
    { primary_hostname: 'client.example.test', log_selector: '+smtp_confirmation', ...settings },
    `
begin acl
acl_all:
  accept

begin routers
there:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = there

begin transports
there:
  driver = smtp
  port = ${port}
  allow_localhost
  hosts_try_chunking = *
  hosts_avoid_tls = ${tls ? '' : '*'}
  tls_verify_certificates =
  tls_try_verify_hosts = :
  hosts_try_dane = :
`,
  );
  const child = spawn(exim.path, ['-C', exim.configuration, '-odf', '-oi', '-f', from, '--', ...to], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: exim.env,
    cwd: '/',
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  child.stdin.end(message);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Exim ended with ${code}: ${said}\n${exim.log()}`);
  return exim.log();
}

/** Exim with a folder of its own for everything. */
class Installation {
  readonly folder: string;
  readonly path: string;
  readonly configuration: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(folder: string) {
    const files = unpacked(...packages);
    if (files instanceof Error) throw files;
    this.folder = folder;
    this.path = join(folder, 'exim4');
    // A program that changes its user by itself would be refused the libraries and names that are given to it here.
    execFileSync('cp', [join(files.folder, program), this.path]);
    chmodSync(this.path, 0o755);
    this.configuration = join(folder, 'exim.conf');
    for (const name of ['spool', 'log']) {
      mkdirSync(join(folder, name));
      chownSync(join(folder, name), eximUser, eximUser);
    }
    const names = { passwd: join(folder, 'passwd'), group: join(folder, 'group') };
    const knownUsers = withoutExim(readFileSync('/etc/passwd', 'utf8'));
    const knownGroups = withoutExim(readFileSync('/etc/group', 'utf8'));
    writeFileSync(names.passwd, `${knownUsers}Debian-exim:x:${eximUser}:${eximUser}::${folder}:/usr/sbin/nologin\n`);
    writeFileSync(names.group, `${knownGroups}Debian-exim:x:${eximUser}:\n`);
    this.env = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LD_LIBRARY_PATH: files.libraries,
      LD_PRELOAD: 'libnss_wrapper.so',
      NSS_WRAPPER_PASSWD: names.passwd,
      NSS_WRAPPER_GROUP: names.group,
    };
  }

  configure(settings: Readonly<Record<string, string | number>>, sections: string): void {
    const main: Record<string, string | number> = {
      exim_path: this.path,
      spool_directory: join(this.folder, 'spool'),
      log_file_path: join(this.folder, 'log', '%slog'),
      // What the program needs to find its libraries and its user again when it starts itself.
      keep_environment: '*',
      deliver_drop_privilege: 'true',
      // As in Debian's configuration.
      prdr_enable: 'true',
      smtputf8_advertise_hosts: '',
      // A peer whose name nobody knows, as most are.
      host_lookup: '',
      ...settings,
    };
    const lines = Object.entries(main).map(([name, value]) => `${name} = ${value}\n`);
    writeFileSync(this.configuration, `${lines.join('')}${sections}`, { mode: 0o644 });
  }

  log(): string {
    const folder = join(this.folder, 'log');
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
  }
}

function withoutExim(names: string): string {
  return names.replaceAll(/^Debian-exim:.*\n/gm, '');
}

const acls = String.raw`
begin acl
acl_all:
  accept

acl_rcpt:
  deny local_parts = ^[./|] : ^.*[@%!${'`'}#&?] : ^.*/\\.\\./
       message = restricted characters in address
  deny condition = \${if and {{>{$rcpt_count}{10}}{<{$recipients_count}{\${eval:$rcpt_count/2}}}}}
       message = Rejected for too many bad recipients
  accept control = submission/sender_retain

acl_own:
  accept domains = $primary_hostname
  deny message = relay not permitted

acl_data:
  deny condition = \${if > {$max_received_linelength}{998}}
       message = maximum allowed line length is 998 octets, got $max_received_linelength
  deny !verify = header_syntax
       message = header syntax
  accept
`.replaceAll('\\${', '${');

/** The examples in Debian's configuration, with one user. */
function authenticators(offer: 'always' | 'secure'): string {
  const condition = offer === 'secure' ? '  server_advertise_condition = ${if eq{$tls_in_cipher}{}{}{*}}\n' : '';
  const { name, password } = user;
  return `
begin authenticators
plain_server:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if and{{eq{$auth2}{${name}}}{eq{$auth3}{${password}}}}}
  server_set_id = $auth2
  server_prompts = :
${condition}
login_server:
  driver = plaintext
  public_name = LOGIN
  server_prompts = "Username:: : Password::"
  server_condition = \${if and{{eq{$auth1}{${name}}}{eq{$auth2}{${password}}}}}
  server_set_id = $auth1
${condition}
cram_md5_server:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = \${if eq{$auth1}{${name}}{${password}}fail}
  server_set_id = $auth1
${condition}`;
}
