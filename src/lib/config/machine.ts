import { homedir, hostname } from 'node:os';

/** What the configuration depends on beside its file: a parameter, so that a test stands on a machine of its own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly hostName: string;
}

export function thisMachine(): Machine {
  return { env: process.env, cwd: process.cwd(), home: homedir(), hostName: hostname() };
}
