import { once } from 'node:events';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild, startChild, type Child } from '../machine/children.ts';
import { freePort, untilListening } from '../machine/port.ts';
import type { Need } from './need.ts';
import { startLogged, startPeer, type RunningServer } from './server.ts';

const checkout = process.env['HPFEEDS_PYTHON_DIR'];
const python = '/usr/bin/python3';
const end = fileURLToPath(new URL('../load/feed-end.py', import.meta.url));
const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));

/** Debian has no package of the implementation that everybody else follows. */
export const reference: Need = {
  name: 'hpfeeds 3.1 for Python',
  isThere: () =>
    checkout !== undefined && spawnSync(python, ['-c', 'import wrapt, aiohttp, prometheus_client']).status === 0,
  remedy:
    'name a checkout of it with HPFEEDS_PYTHON_DIR; ' +
    'sudo apt-get install -y python3-wrapt python3-aiohttp python3-prometheus-client',
};

export interface FeedBroker extends Omit<RunningServer, 'protocol'> {
  /** The secrets of `sensor`, who publishes on spam.mails, and of `reader`, who reads there. */
  readonly secrets: { readonly sensor: string; readonly reader: string };
}

export type FeedBrokerKind = 'spamtrap' | 'reference';

export function startBroker(kind: FeedBrokerKind, folder: string): Promise<FeedBroker> {
  return kind === 'spamtrap' ? startOurs(folder) : startReference(folder);
}

async function startOurs(folder: string): Promise<FeedBroker> {
  const port = await freePort();
  // A publisher is to be held up, and nothing dropped, as the reference does it.
  const words = ['broker', '--data-dir', folder, '--port', String(port), '--json', '--when-slow', 'wait'];
  const server = await startPeer(folder, port, [program, ...words]);
  const users = JSON.parse(readFileSync(join(folder, 'broker', 'users.json'), 'utf8')) as Record<
    string,
    { secret: string }
  >;
  return { ...server, secrets: { sensor: users['sensor']!.secret, reader: users['reader']!.secret } };
}

async function startReference(folder: string): Promise<FeedBroker> {
  const [port, exporter] = [await freePort(), await freePort()];
  const secrets = { sensor: 'one', reader: 'two' };
  const user = (secret: string, pubchans: readonly string[], subchans: readonly string[]) => {
    return { owner: 'bench', secret, pubchans, subchans };
  };
  const users = join(folder, 'users.json');
  writeFileSync(
    users,
    JSON.stringify({ sensor: user('one', ['spam.mails'], []), reader: user('two', [], ['spam.mails']) }),
  );
  const start = 'import sys; from hpfeeds.scripts.broker import main; sys.exit(main())';
  const endpoint = [
    '-e',
    `tcp:interface=127.0.0.1:port=${port}`,
    '--exporter',
    `127.0.0.1:${exporter}`,
    '--auth',
    users,
  ];
  const server = startLogged(folder, python, ['-c', start, ...endpoint], environment(folder));
  await untilListening(port, server);
  return { pid: server.pid, port, secrets, stop: () => endChild(server) };
}

export interface FeedLoad {
  readonly action: 'publish' | 'publish-json' | 'receive' | 'stall';
  readonly count: number;
  readonly size: number;
}

/** One end of a feed, with the client of the reference. */
export class FeedEnd {
  readonly #child: Child;
  readonly #lines: AsyncIterator<string>;

  constructor(folder: string, { port, secrets }: FeedBroker, { action, count, size }: FeedLoad) {
    const ident = action.startsWith('publish') ? 'sensor' : 'reader';
    const words = [end, action, String(port), ident, secrets[ident], String(count), String(size)];
    this.#child = startChild(python, words, { stdio: ['pipe', 'pipe', 'inherit'], env: environment(folder) });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** The next line that it says. */
  async says(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('one end of the feed ended without a word');
    return value;
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    if (this.#child.exitCode !== 0) throw new Error('one end of the feed failed');
  }

  stop(): Promise<void> {
    return endChild(this.#child, 'SIGKILL');
  }
}

/** Where Python finds the reference, and the one module of it that Debian does not have. */
function environment(folder: string): NodeJS.ProcessEnv {
  const modules = join(folder, 'modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(
    join(modules, 'aiorun.py'),
    'import asyncio\n\ndef run(coroutine, **_):\n    asyncio.new_event_loop().run_until_complete(coroutine)\n',
  );
  return { ...process.env, PYTHONPATH: `${modules}:${checkout}` };
}
