import { closeSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Where the control socket of a data directory is. */
export function controlPath(dataDir: string): string {
  return join(dataDir, 'control.sock');
}

// sockaddr_un has 108 bytes for a path and its end.
const longestPath = 107;

export interface Reachable {
  /** The same file, by a name that the system takes. */
  readonly path: string;
  /** To be called when the name was used. */
  readonly done: () => void;
}

/** A socket deep within folders has a path that is too long for the system: it is reached through its folder. */
export function reachable(path: string): Reachable {
  if (Buffer.byteLength(path) <= longestPath) return { path, done: () => undefined };
  const folder = openSync(dirname(path), 'r');
  return { path: `/proc/self/fd/${folder}/${basename(path)}`, done: () => closeSync(folder) };
}
