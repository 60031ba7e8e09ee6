import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compareFiles } from '../../src/lib/setup/compare-files.ts';
import { installFiles } from '../../src/lib/setup/install-files.ts';
import { postfixFiles } from '../../src/lib/setup/postfix/postfix-files.ts';
import { readSite } from '../../src/lib/setup/postfix/read-site.ts';
import type { Wishes } from '../../src/lib/setup/postfix/wishes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Postfix starts its services as users of their own. */
export const canStartPostfix = process.getuid?.() === 0;

const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

// A setting of a test's own stands behind ours, and each program says so.
const quiet: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];

export interface InstanceOptions {
  /** Further lines at the end of main.cf, for what a test cannot wait for. */
  readonly settings?: readonly string[];
  /** strace words to start it with. */
  readonly strace?: readonly string[];
}

export interface Instance {
  readonly port: number;
  readonly submissions: number;
  readonly queue: string;
  readonly log: () => string;
  /** Resolves with the line as soon as one matches. */
  readonly logged: (pattern: RegExp) => Promise<string>;
  /** What waits in the queue, as `postqueue -j` tells it. */
  readonly waiting: () => string[];
  readonly stop: () => Promise<void>;
}

/**
 * Debian's Postfix in the foreground, from exactly what the command makes, with a queue of its own, a log that can be
 * read, and on loopback alone.
 */
export async function startInstance(
  wishes: Wishes,
  { settings = [], strace }: InstanceOptions = {},
): Promise<Instance> {
  const folder = temporaryDirectory();
  chmodSync(folder, 0o755);
  const [configuration, queue, data, log] = ['configuration', 'queue', 'data', 'log'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  const [port, submissions] = (await freePorts(2)) as [number, number];
  const site = readSite({
    ...wishes,
    listen: ['127.0.0.1'],
    port: String(port),
    'submission-port': 'off',
    'submissions-port': wishes['no-tls'] ? 'off' : String(submissions),
  });
  const now = new Date();
  installFiles(configuration, compareFiles(configuration, await postfixFiles(site, now)), now);
  const own = [
    `queue_directory = ${queue}`,
    `data_directory = ${data}`,
    `maillog_file = ${log}`,
    `maillog_file_prefixes = ${folder}`,
    ...settings,
  ];
  appendFileSync(join(configuration, 'main.cf'), `${own.join('\n')}\n`);
  for (const path of [queue, data]) mkdirSync(path);
  const { uid } = statSync(execFileSync('postconf', ['-d', '-h', 'data_directory'], { encoding: 'utf8', env }).trim());
  chownSync(data, uid, -1);
  // Makes the folders of the queue, with the owners that they must have.
  const check = spawnSync('postfix', ['-c', configuration, 'check'], { encoding: 'utf8', env });
  if (check.status !== 0)
    throw new Error(`postfix check: ${check.stderr}${existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
  writeFileSync(log, '', { flag: 'a' });
  const daemons = execFileSync('postconf', ['-c', configuration, '-h', 'daemon_directory'], {
    encoding: 'utf8',
    env,
    stdio: quiet,
  });
  const words = [...(strace ?? []), join(daemons.trim(), 'master'), '-c', configuration, '-d'];
  const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'inherit', 'inherit'], env, cwd: '/' });
  const closed = once(child, 'close');
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    // The tracer's child is the master, which ends its own; the tracer ends with the last of them.
    const pid = strace ? Number(readFileSync(join(queue, 'pid', 'master.pid'), 'latin1')) : child.pid!;
    process.kill(pid, 'SIGTERM');
    await closed;
  };
  onTestFinished(stop);
  const instance = {
    port,
    submissions,
    queue,
    log: () => readFileSync(log, 'utf8'),
    logged: (pattern: RegExp) => lineOf(log, pattern),
    waiting: () =>
      lines(execFileSync('postqueue', ['-c', configuration, '-j'], { encoding: 'utf8', env, stdio: quiet })),
    stop,
  };
  await instance.logged(/master\[\d+\]: daemon started/);
  return instance;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

const patience = 120_000;

async function lineOf(log: string, pattern: RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = () => {
    const found = lines(readFileSync(log, 'utf8')).find((line) => pattern.test(line));
    if (found !== undefined) resolve(found);
  };
  const timer = setTimeout(() => reject(new Error(`no ${pattern} in:\n${readFileSync(log, 'utf8')}`)), patience);
  const watcher = watch(log, look);
  try {
    look();
    return await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

// Postfix cannot choose a port by itself and say which.
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
