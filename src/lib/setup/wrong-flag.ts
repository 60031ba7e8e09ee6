import { exitCodes, Fault } from '../errors.ts';
import { printable } from '../text/printable.ts';

/** Throws what is wrong with what a flag, or the variable that stands for it, says. */
export function wrongFlag(flag: string, problem: string, fix: string): never {
  throw new Fault(`${flag}: ${problem}`, { code: 'setup.usage', fix, exit: exitCodes.usage });
}

export function quoted(text: string): string {
  return `"${printable(text)}"`;
}
