import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type Child } from './children.ts';

// Below the range from which Linux takes the ports of outgoing connections, of which there will be many.
const first = 21_000;
const last = 31_000;
let next = first + (process.pid % 5_000);

export async function freePort(): Promise<number> {
  for (let attempts = 0; attempts < 200; attempts++) {
    next = next >= last ? first : next + 1;
    if (await canListen(next)) return next;
  }
  throw new Error(`no free port between ${first} and ${last}`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Waits until a server that was just started accepts connections. */
export async function untilListening(port: number, server: Child, limitSeconds = 20): Promise<void> {
  const end = performance.now() + limitSeconds * 1_000;
  while (performance.now() < end) {
    if (hasEnded(server)) throw new Error(`${server.spawnfile} ended instead of listening on port ${port}`);
    if (await canConnect(port)) return;
    await sleep(50);
  }
  throw new Error(`${server.spawnfile} does not listen on port ${port} after ${limitSeconds} s`);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
