import { Fault } from '../../errors.ts';
import type { DeskLayout } from './layout.ts';

/** The desk is not what it was: whatever it says of the budget is not to be believed. */
export class DeskDamage extends Error {
  override readonly name = 'DeskDamage';
}

/** What makes the budget anew; the command is made to fit these words. */
export const recreateCommand = 'spamtrap probes resume --new-budget';

/** Why the desk sends nothing any more, and what to do about it. */
export interface Closing {
  readonly problem: string;
  readonly fix: string;
}

// SQLite's result codes.
const code = { permission: 3, busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, cannotOpen: 14 } as const;

/** What an error means for the desk; undefined when it says nothing against it. */
export function closingFor(error: unknown, { database, directory }: DeskLayout): Closing | undefined {
  if (error instanceof DeskDamage) return { problem: error.message, fix: makeAnew(directory) };
  const found = sqliteCode(error);
  if (found === undefined || found === code.busy || found === code.locked) return undefined;
  const problem = `${database}: ${(error as Error).message}`;
  if (found === code.full) return { problem, fix: 'Make room on the disk, then start the sensor again.' };
  if (found === code.readOnly || found === code.cannotOpen || found === code.permission) {
    return { problem, fix: letWrite(directory) };
  }
  return { problem, fix: makeAnew(directory) };
}

/** The same for an error while opening, where the file system may also be what says no. */
export function closingAtOpening(error: unknown, layout: DeskLayout): Closing | undefined {
  const found = closingFor(error, layout);
  if (found || !(error instanceof Error) || !('syscall' in error)) return found;
  return { problem: error.message, fix: letWrite(layout.directory) };
}

export function closedFault({ problem, fix }: Closing): Fault {
  return new Fault(`The probe desk is closed, and nothing is sent: ${problem}.`, { code: 'desk.closed', fix });
}

/** Another process has it, for longer than we wait. */
export function isBusy(error: unknown): boolean {
  const found = sqliteCode(error);
  return found === code.busy || found === code.locked;
}

function makeAnew(directory: string): string {
  return (
    `Stop the sensor and look at ${directory}. If it cannot be put back as it was, "${recreateCommand}" sets it aside ` +
    'and makes a new budget, which counts as spent for 24 hours; then start the sensor again.'
  );
}

function letWrite(directory: string): string {
  return `Let the user that runs spamtrap write in ${directory}, then start the sensor again.`;
}

function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code: name, errcode } = error as { code?: unknown; errcode?: unknown };
  // The low byte is the code; what stands above it says more.
  if (name === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') return errcode & 0xff;
  // A number that none of our columns ever holds.
  return name === 'ERR_OUT_OF_RANGE' ? code.corrupt : undefined;
}
