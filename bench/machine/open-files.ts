import { readFileSync } from 'node:fs';

/** How many files a process may open at most; Node.js takes all of it when it starts. */
export function hardLimitOfOpenFiles(): number {
  const limit = /^Max open files\s+\d+\s+(\w+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === 'unlimited' ? Infinity : Number(limit);
}

/**
 * A command line that may open so many files: unchanged where the limit already allows it, else through prlimit,
 * which only root can use upwards.
 */
export function withOpenFiles(needed: number, command: readonly string[]): readonly string[] {
  if (hardLimitOfOpenFiles() >= needed) return command;
  return ['prlimit', `--nofile=${needed}:${needed}`, '--', ...command];
}

export function canOpenFiles(needed: number): boolean {
  return hardLimitOfOpenFiles() >= needed || process.getuid?.() === 0;
}
