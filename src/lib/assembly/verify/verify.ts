import { readFileSync } from 'node:fs';
import { exitCodes, Fault, reason, type ExitCode } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import { showSteps, type ShownAs } from '../steps/show-steps.ts';
import type { Examination } from '../steps/step.ts';

export interface Verified {
  readonly subject: string;
  readonly type: string;
  readonly examination: Examination;
}

/** Tries everything of each, and shows it. */
export function verify(all: readonly Verified[], shown: ShownAs): Promise<ExitCode> {
  return showSteps(
    all.map(({ subject, type, examination }) => ({ subject, type, ...examination })),
    shown,
  );
}

export function authorities(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault(`--ca: ${printable(path)} cannot be read: ${reason(error)}.`, {
      code: 'verify.usage',
      fix: 'Name a file with certificates in PEM form.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
}
