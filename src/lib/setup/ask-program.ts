import { spawnSync } from 'node:child_process';
import { errno, Fault } from '../errors.ts';
import { printable } from '../text/printable.ts';

/** What one of a server's own programs thinks of a configuration. */
export interface Check {
  readonly command: string;
  /** Why it was not asked; undefined when it was. */
  readonly leftOut?: string;
  readonly warnings: readonly string[];
}

/** These programs are for root, and not on every user's path. */
export const usualPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

export interface Asking {
  /** Where programs are looked for. */
  readonly path: string;
  /** What it has said elsewhere than on standard error. */
  readonly also?: () => string;
  /** What it says, in words that mean something to the operator. */
  readonly plain: (said: string) => string;
}

/** Throws what the program finds wrong. */
export function askProgram(
  command: string,
  [program, ...args]: readonly string[],
  { path, also, plain }: Asking,
): Check {
  const { error, status, stderr } = spawnSync(program!, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
    env: { PATH: path, LC_ALL: 'C' },
  });
  if (errno(error) === 'ENOENT') return { command, leftOut: `${program} is not installed`, warnings: [] };
  const said = complaints(plain(`${stderr ?? ''}\n${also?.() ?? ''}`));
  if (status === 0) return { command, warnings: said };
  throw new Fault(`"${command}" refuses the configuration: ${said.join('; ') || 'it does not say why'}.`, {
    code: 'setup.refused',
    fix: 'Nothing was changed. Correct the file that it names, or report this if you have not edited any.',
    cause: error,
  });
}

function complaints(said: string): string[] {
  const lines = said.split('\n').map((line) => /(?:warning|error|fatal|panic): .*/i.exec(line)?.[0]);
  return lines.filter((line) => line !== undefined).map(printable);
}
