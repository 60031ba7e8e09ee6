import { describe, test } from 'vitest';
import { isInstalled } from './debian-packages.ts';
import { leftOutName } from './left-out.ts';

type Describe = (name: string, body: () => void) => void;

/**
 * `peer('zsh')('in zsh', () => { … })` is `describe` for tests that need programs from these Debian packages. Where one
 * is missing they are left out and the end of the run says so; with REQUIRE_PEERS=1 they fail instead.
 */
export function peer(...packages: readonly string[]): Describe {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return (name, body) => void describe(name, body);
  if (process.env['REQUIRE_PEERS'] === '1') return (name) => void describe(name, () => failFor(missing));
  return (name, body) => void describe.skip(leftOutName(name, missing), body);
}

function failFor(missing: readonly string[]): void {
  test(`finds ${missing.join(' and ')} installed`, () => {
    throw new Error(`REQUIRE_PEERS is set, and ${missing.join(' and ')} is missing from this machine`);
  });
}
