import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  /** Standard output and what else was said, in the order in which it came. */
  readonly said: string;
}

interface Surroundings {
  readonly input?: Buffer | string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Scanners take their time; the bound only ends those that hang. */
const patience = 100_000;

/** Runs somebody else's program to its end, while sensors in this process are still heard. */
export function run(
  program: string,
  words: readonly (string | number)[],
  { input, env = {} }: Surroundings = {},
): Promise<Finished> {
  const child = spawn(program, words.map(String), {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, HOME: '/nonexistent', ...env },
    cwd: '/',
    timeout: patience,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  // A program may end without reading all of its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}
