import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { errno } from '../errors.ts';

/** Takes away the socket of a process that is gone; one on which somebody listens, and any other file, stays. */
export async function removeStaleSocket(path: string): Promise<void> {
  if (!isSocket(path)) return;
  if ((await connectionError(path)) === 'ECONNREFUSED') unlinkSync(path);
}

export function allowToConnect(path: string, mode: string): void {
  chmodSync(path, Number.parseInt(mode, 8));
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

function connectionError(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error) => resolve(errno(error)));
  });
}
