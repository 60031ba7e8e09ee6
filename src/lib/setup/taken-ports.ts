import { readFileSync } from 'node:fs';
import { errno } from '../errors.ts';
import { tryPort } from '../net/try-port.ts';
import { wrongFlag } from './wrong-flag.ts';

/** Where a server is to listen, by the flag that says so. */
export interface WantedPort {
  readonly flag: string;
  readonly port: number;
}

/**
 * Throws for a port on which somebody else listens already: found out now, nothing has been written yet. An instance of
 * ours that runs has them itself, and is told by the file in which it keeps its process id.
 */
export async function refuseTakenPorts(
  wanted: readonly WantedPort[],
  listen: readonly string[],
  pidFile: string,
): Promise<void> {
  if (isRunning(pidFile)) return;
  for (const { flag, port } of wanted) {
    for (const address of listen) {
      const host = address === '*' || address === 'all' ? '0.0.0.0' : address;
      if ((await tryPort(host, port)) === 'taken') {
        wrongFlag(flag, `somebody listens on port ${port} already.`, 'Stop it, or choose another port.');
      }
    }
  }
}

function isRunning(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, 'latin1').trim()), 0);
    return true;
  } catch (error) {
    // Who may not send it a signal knows by that that it is there.
    return errno(error) === 'EPERM';
  }
}
