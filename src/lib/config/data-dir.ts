import { isAbsolute, join } from 'node:path';
import { type Machine, thisMachine } from './machine.ts';

/** Where a command keeps its data: as configured, or in a folder of its own. */
export function dataDirFor(command: string, configured: string | undefined, machine: Machine = thisMachine()): string {
  return configured ?? defaultDataDir(command, machine);
}

/**
 * Where a command keeps its data unless told otherwise: one folder per command, so that a `collect` started by cron
 * and a running `serve` do not fight for one lock.
 */
export function defaultDataDir(command: string, machine: Machine = thisMachine()): string {
  const stateHome = machine.env['XDG_STATE_HOME'];
  // The XDG specification: a relative path is invalid and to be ignored.
  const base = stateHome && isAbsolute(stateHome) ? stateHome : join(machine.home, '.local', 'state');
  return join(base, 'spamtrap', command);
}
