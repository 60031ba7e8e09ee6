import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs the built command to its end, as a user would. */
export function spamtrap(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  const { stdout, stderr, status, error } = spawnSync(`${root}bin/spamtrap`, args, {
    encoding: 'utf8',
    input: '',
    timeout: 20_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
  });
  if (error) throw error;
  return { stdout, stderr, status };
}
