import { spawnSync } from 'node:child_process';
import { command } from './sensor.ts';

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in a data directory, to its end. */
export function runIn(dataDir: string, words: readonly string[], more: readonly string[] = []): Said {
  const { status, stdout, stderr } = spawnSync(command, [...words, '--data-dir', dataDir, ...more], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

export function jsonLines(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
