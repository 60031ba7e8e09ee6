import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forgetListenFds, listenFds } from '../../src/lib/net/listen-fds.ts';
import { peer } from '../support/peers.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const forUs = (fds: string, names?: string) => ({
  pid: 42,
  env: { LISTEN_PID: '42', LISTEN_FDS: fds, ...(names !== undefined && { LISTEN_FDNAMES: names }) },
});

describe('sockets from systemd', () => {
  it('have their numbers in order, and names where systemd gives some', () => {
    expect(listenFds(forUs('2', 'smtp:lmtp'))).toEqual([
      { fd: 3, name: 'smtp' },
      { fd: 4, name: 'lmtp' },
    ]);
    expect(listenFds(forUs('1'))).toEqual([{ fd: 3, name: 'unknown' }]);
    expect(listenFds(forUs('0'))).toEqual([]);
  });

  it('are none when they are for another process or for nobody', () => {
    expect(listenFds({ pid: 42, env: {} })).toEqual([]);
    expect(listenFds({ pid: 42, env: { LISTEN_FDS: '1' } })).toEqual([]);
    expect(listenFds({ pid: 42, env: { LISTEN_PID: '42' } })).toEqual([]);
    expect(listenFds({ pid: 42, env: { LISTEN_PID: '43', LISTEN_FDS: 'x' } })).toEqual([]);
  });

  it.each([
    [{ LISTEN_PID: 'x' }, 'The variable LISTEN_PID is "x", which is no number.'],
    [{ LISTEN_FDS: '' }, 'The variable LISTEN_FDS is "", which is no number.'],
    [{ LISTEN_FDS: '-1' }, 'The variable LISTEN_FDS is "-1", which is no number.'],
    [{ LISTEN_FDS: '1e3' }, 'The variable LISTEN_FDS is "1e3", which is no number.'],
    [{ LISTEN_FDS: '2147483647' }, 'The variable LISTEN_FDS is "2147483647", which is no number.'],
    [{ LISTEN_FDS: '1025' }, 'The variable LISTEN_FDS is "1025", which is more than the 1024 sockets that are taken.'],
    [{ LISTEN_FDNAMES: 'smtp' }, 'The variable LISTEN_FDNAMES is "smtp", which is not a name for each of 2 sockets.'],
  ])('are refused with %j', (wrong, message) => {
    const { pid, env } = forUs('2', 'smtp:lmtp');
    expect(() => listenFds({ pid, env: { ...env, ...wrong } })).toThrow(
      expect.objectContaining({ code: 'listen-fds.invalid', message }),
    );
  });

  it('are not told to children', () => {
    const env: Record<string, string | undefined> = { ...forUs('1', 'smtp').env, PATH: '/bin' };
    forgetListenFds(env);
    expect(env).toEqual({ PATH: '/bin' });
  });
});

interface Told {
  readonly pid: number;
  readonly passed: unknown;
  /** What is behind the descriptors: `socket:[inode]`. */
  readonly own: readonly string[];
  readonly address: unknown;
  readonly ofChild: { readonly held: readonly string[]; readonly variables: readonly string[] };
}

const withSystemd = peer('systemd');

withSystemd('under systemd-socket-activate', () => {
  it('take connections over TCP and a Unix socket, through the launcher', async () => {
    const folder = temporaryDirectory();
    const port = await freePort();
    const path = join(folder, 'lmtp');
    const words = ['-l', `127.0.0.1:${port}`, '-l', path, '--fdname=smtp:lmtp', launcherOfPassedSockets(folder)];
    const child = spawn('systemd-socket-activate', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    endWithTest(child);
    await lineWith(createInterface({ input: child.stderr }), `Listening on ${path}`);
    const saidLine = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
    // The first peer is what the program is started for.
    expect(await answerAt({ path })).toBe('lmtp');
    const told = JSON.parse((await saidLine)[0]) as Told;
    expect(await answerAt({ port, host: '127.0.0.1' })).toBe('smtp');
    expect(told).toMatchObject({
      pid: child.pid,
      passed: [
        { fd: 3, name: 'smtp' },
        { fd: 4, name: 'lmtp' },
      ],
      address: { address: '127.0.0.1', family: 'IPv4', port },
      ofChild: { variables: [] },
    });
    expect(told.own).toHaveLength(2);
    for (const socket of told.own) expect(told.ofChild.held).not.toContain(socket);
  });
});

/** The launcher as it is, with another program behind it. */
function launcherOfPassedSockets(root: string): string {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  mkdirSync(join(root, 'bin'));
  copyFileSync(here('../../bin/spamtrap'), join(root, 'bin', 'spamtrap'));
  symlinkSync(here('passed-sockets.ts'), join(root, 'bin', 'run.js'));
  symlinkSync(here('../../node_modules'), join(root, 'node_modules'));
  return join(root, 'bin', 'spamtrap');
}

function endWithTest(child: ChildProcess): void {
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
}

function lineWith(lines: Interface, part: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    lines.on('line', (line) => {
      said += `${line}\n`;
      if (line.includes(part)) resolve();
    });
    lines.on('close', () => reject(new Error(`It ended without saying "${part}":\n${said}`)));
  });
}

function answerAt(place: NetConnectOpts): Promise<string> {
  return text(connect(place));
}

// systemd-socket-activate cannot choose a port by itself.
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
