import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import { printable } from '../text/printable.ts';

/** Writes a file that `--out` names, readable for its owner alone, and never over one that is there. */
export function writeNewFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const exists = errno(error) === 'EEXIST';
    throw new Fault(
      exists ? `${printable(path)} is there already.` : `${printable(path)} cannot be written: ${reason(error)}.`,
      {
        code: exists ? 'out.exists' : 'out.unwritable',
        fix: exists
          ? 'Nothing was changed. Move it away, or choose another file with --out.'
          : 'Choose another file with --out.',
        exit: exitCodes.usage,
        cause: error,
      },
    );
  }
}
