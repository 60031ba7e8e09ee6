// How long a command takes before it has done anything, as a multiple of the same Node.js doing nothing.
// Run alone: node bench/start-up.ts
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface StartUpRow {
  readonly name: string;
  readonly medianMs: number;
  /** Times the median of `node -e 0`. */
  readonly ratio: number;
}

const spamtrap = fileURLToPath(new URL('../bin/spamtrap', import.meta.url));

// The bare runtime is measured as users have it, without the shell script that finds it; that script is part of ours.
const baseline = { name: 'node -e 0', command: process.execPath, args: ['-e', '0'] };
const candidates = [
  baseline,
  { name: 'spamtrap --version', command: spamtrap, args: ['--version'] },
  { name: 'spamtrap --help', command: spamtrap, args: ['--help'] },
  { name: 'spamtrap shell-init bash', command: spamtrap, args: ['shell-init', 'bash'] },
];

/** Runs in turn, so that whatever else the machine does falls on all of them alike. */
export function measureStartUp(rounds = 25): StartUpRow[] {
  const samples = candidates.map((): number[] => []);
  // The first round fills the compile cache and the page cache.
  for (let round = -1; round < rounds; round++) {
    for (const [index, { command, args }] of candidates.entries()) {
      const elapsed = time(command, args);
      if (round >= 0) samples[index]!.push(elapsed);
    }
  }
  const medians = samples.map(median);
  return candidates.map(({ name }, index) => ({
    name,
    medianMs: medians[index]!,
    ratio: medians[index]! / medians[0]!,
  }));
}

function time(command: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}`, { cause: error });
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.main) {
  for (const { name, medianMs, ratio } of measureStartUp()) {
    console.log(`${name.padEnd(28)} ${medianMs.toFixed(1).padStart(7)} ms ${ratio.toFixed(2).padStart(6)}x`);
  }
}
