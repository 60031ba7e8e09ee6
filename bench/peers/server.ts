import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { endChild, startChild, type Child } from '../machine/children.ts';
import { untilListening } from '../machine/port.ts';
import { logName } from '../machine/work-folder.ts';
import type { Need } from './need.ts';

/** A mail server that can be loaded. */
export interface Contender {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Has one reply for a message whatever the number of its recipients, and so gets a message for each recipient. */
  readonly repliesOnce?: boolean;
  /** Starts it on a new port, with an empty folder of its own. */
  start(folder: string): Promise<RunningServer>;
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  readonly protocol: 'smtp' | 'lmtp';
  stop(): Promise<void>;
}

/** Starts a peer in the foreground, what it says in the log of its folder. */
export async function startPeer(
  folder: string,
  port: number,
  [command, ...args]: readonly [string, ...string[]],
): Promise<RunningServer> {
  const server = startLogged(folder, command, args);
  await untilListening(port, server);
  return { pid: server.pid, port, protocol: 'smtp', stop: () => endChild(server) };
}

export function startLogged(folder: string, command: string, args: readonly string[], env = process.env): Child {
  const log = openSync(join(folder, logName), 'a');
  try {
    return startChild(command, args, { stdio: ['ignore', log, log], env });
  } finally {
    closeSync(log);
  }
}
