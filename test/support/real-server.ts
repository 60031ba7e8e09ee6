import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../../src/lib/tls/self-signed.ts';
import { afterAll } from 'vitest';

// What every real server that a test starts has in common: a folder and ports of its own, and an end.

const running = new Set<RealProcess>();
const folders = new Set<string>();

// A test that fails leaves its server behind, and its server would outlive the whole run.
afterAll(async () => {
  await Promise.all([...running].map((server) => server.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
});

/** A folder that servers can enter as whomever they run. It goes when the tests of the file are over. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spamtrap-server-'));
  folders.add(folder);
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * Ports that nobody has now; the server cannot choose one by itself and say which. They lie below the range from which
 * the kernel takes those of outgoing connections: one of these could take the port before the server does.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).once('listening', () => resolve(true));
      server.listen(randomInt(firstPort, lastPort), '127.0.0.1');
    });
    if (isFree) servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

const firstPort = 10_100;
const lastPort = 20_000;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Writes a key and a certificate that vouches for itself. */
export async function writeCertificate(folder: string, host: string): Promise<Certificate> {
  const { key, cert } = await selfSigned(host, Date.now());
  const files = { key: join(folder, 'server.key'), cert: join(folder, 'server.crt') };
  writeFileSync(files.key, key, { mode: 0o644 });
  writeFileSync(files.cert, cert);
  return files;
}

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
}

/** A server in the foreground, ended by its process id. */
export class RealProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #watchers = new Set<() => void>();
  #output = '';

  constructor(command: string, args: readonly string[], { env = process.env, uid }: ProcessOptions = {}) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      cwd: '/',
      ...(uid !== undefined && { uid, gid: uid }),
    });
    running.add(this);
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        for (const look of this.#watchers) look();
      });
    }
    this.#closed = once(this.#child, 'close').finally(() => running.delete(this));
    this.#closed.catch(() => undefined);
  }

  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves when its output has these words. */
  async says(words: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => this.#output.includes(words) && resolve();
    const giveUp = () => reject(new Error(`The server does not say "${words}": ${this.#output}`));
    const timer = setTimeout(giveUp, patience);
    this.#watchers.add(look);
    this.#child.once('close', giveUp);
    try {
      look();
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Resolves when somebody listens on this port. */
  async listens(port: number): Promise<void> {
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (this.hasEnded) throw new Error(`The server does not start: ${this.#output}`);
      if (await takesConnections(port)) return;
      // Nothing tells us that a port of somebody else's is open.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`The server does not listen: ${this.#output}`);
  }

  /** Ends it as a loss of power would. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#closed;
  }
}

/** On a busy machine a server takes its time; one that ends instead is noticed at once. */
const patience = 120_000;

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
