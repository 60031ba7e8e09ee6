import { execFileSync, type StdioOptions } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, RealProcess, serverFolder, writeCertificate } from './real-server.ts';

const programs = '/usr/lib/rabbitmq/bin';

/** Debian's RabbitMQ in the foreground, with everything that it keeps in a folder of its own, on loopback ports. */
export class RabbitMq {
  readonly port: number;
  readonly tlsPort: number;
  /** The certificate that it shows, which vouches for itself. */
  readonly cert: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;
  #server: RealProcess | undefined;

  static async start(): Promise<RabbitMq> {
    const folder = serverFolder();
    const [port, tlsPort, distribution, epmdPort] = (await freePorts(4)) as [number, number, number, number];
    const { cert, key } = await writeCertificate(folder, 'localhost');
    const configuration = [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
      `ssl_options.certfile = ${cert}`,
      `ssl_options.keyfile = ${key}`,
      'ssl_options.verify = verify_none',
      'ssl_options.fail_if_no_peer_cert = false',
      'loopback_users = none',
      'default_user = writer',
      'default_pass = secret',
      'log.console = true',
      'log.console.level = warning',
      'log.file = false',
    ];
    writeFileSync(join(folder, 'rabbitmq.conf'), `${configuration.join('\n')}\n`);
    writeFileSync(join(folder, 'plugins'), '[].\n');
    for (const name of ['mnesia', 'log']) mkdirSync(join(folder, name));
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      RABBITMQ_NODENAME: 'spamtrap-test@localhost',
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
    };
    // Otherwise the server would start one that stays when it goes.
    const names = new RealProcess('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env });
    await names.listens(epmdPort);
    const rabbit = new RabbitMq(folder, env, { port, tlsPort, cert });
    await rabbit.up();
    return rabbit;
  }

  private constructor(
    folder: string,
    env: NodeJS.ProcessEnv,
    { port, tlsPort, cert }: { readonly port: number; readonly tlsPort: number; readonly cert: string },
  ) {
    this.#folder = folder;
    this.#env = env;
    this.port = port;
    this.tlsPort = tlsPort;
    this.cert = readFileSync(cert, 'utf8');
  }

  /** Starts it, or starts it again with what it kept. */
  async up(): Promise<void> {
    this.#server = new RealProcess(join(programs, 'rabbitmq-server'), [], { env: this.#env });
    await this.#server.listens(this.port);
    // It takes connections a little before it takes logins.
    this.control('await_startup', '--timeout', '120');
  }

  /** Ends it as a loss of power would. */
  async kill(): Promise<void> {
    const server = this.#server;
    process.kill(Number(readFileSync(join(this.#folder, 'pid'), 'utf8')), 'SIGKILL');
    await server?.stop();
  }

  control(...words: readonly string[]): string {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    return execFileSync(join(programs, 'rabbitmqctl'), ['-q', ...words], { env: this.#env, encoding: 'utf8', stdio });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
