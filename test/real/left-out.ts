import { describe } from 'vitest';

type Describe = (name: string, body: () => void) => void;

/** As peer() in support/peers.ts, for tests that lack something other than a package: says so. */
export function unless(reasons: readonly string[]): Describe {
  if (reasons.length === 0) return (name, body) => void describe(name, body);
  return (name, body) => {
    process.stdout.write(`left out: ${name} — ${reasons.join(', ')}\n`);
    describe.skip(name, body);
  };
}
