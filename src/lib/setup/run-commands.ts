import { spawnSync } from 'node:child_process';
import { errno } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { usualPath } from './ask-program.ts';

/** A program and its words. None of them has a blank, so that what is shown is what was meant. */
export type Command = readonly string[];

export interface Ran {
  readonly command: string;
  /** Why it has not done its work. */
  readonly problem?: string;
}

export function shownCommand(command: Command): string {
  return command.join(' ');
}

/** Runs one after the other, to the first that fails; those behind it have not run. */
export function runCommands(commands: readonly Command[], path = usualPath): Ran[] {
  const ran: Ran[] = [];
  for (const command of commands) {
    const problem = problemOf(command, path);
    ran.push({ command: shownCommand(command), ...(problem !== undefined && { problem }) });
    if (problem !== undefined) break;
  }
  return ran;
}

function problemOf([program, ...args]: Command, path: string): string | undefined {
  const { error, status, stderr } = spawnSync(program!, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
    env: { PATH: path, LC_ALL: 'C' },
  });
  if (errno(error) === 'ENOENT') return `${program} is not installed`;
  if (status === 0) return undefined;
  return printable(stderr.trim().split('\n').at(-1) ?? '') || `it ends with ${status}`;
}
