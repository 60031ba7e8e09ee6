import { spawn } from 'node:child_process';
import { command } from '../support/sensor.ts';

export interface Finished {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface Surroundings {
  readonly input?: Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Another user, and the group of the same number. */
  readonly uid?: number;
}

/** Runs a program to its end while sensors in this process are still heard. */
export function finish(
  program: string,
  words: readonly string[],
  { input, env = {}, uid }: Surroundings = {},
): Promise<Finished> {
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    cwd: '/',
    // A bound, no expectation: the next line of the test says what is wrong.
    timeout: 60_000,
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program may end without reading all of its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
  });
}

/** Runs a looking command of ours on a data directory. */
export function spamtrap(words: readonly string[], dataDir: string): Promise<Finished> {
  return finish(command, [...words, '--data-dir', dataDir]);
}

/** What such a command prints with --json, one object for each line. */
export async function listed<Line>(words: readonly string[], dataDir: string): Promise<Line[]> {
  const { stdout } = await spamtrap([...words, '--json'], dataDir);
  return stdout
    .toString('utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}
