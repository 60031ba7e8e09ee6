import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadConfig } from '../config/load.ts';
import type { SettingKey } from '../config/schema.ts';
import { starterFile } from '../config/starter.ts';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import { printable } from '../text/printable.ts';

export type Choices = { readonly [Key in SettingKey]?: string };

/** Throws what is wrong with the choices, named by the flags that made them. */
export function checkChoices(choices: Choices, flagOf: (key: SettingKey) => string): void {
  const given = Object.entries(choices) as [SettingKey, string][];
  loadConfig({ flags: Object.fromEntries(given.map(([key, value]) => [key, { flag: flagOf(key), value }])) });
}

/** Writes the commented configuration file, and never over one that is there. */
export function writeStarter(path: string, choices: Choices): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, starterFile(choices), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const exists = errno(error) === 'EEXIST';
    throw new Fault(
      exists ? `${printable(path)} is there already.` : `${printable(path)} cannot be written: ${reason(error)}.`,
      {
        code: exists ? 'init.exists' : 'init.unwritable',
        fix: exists
          ? 'Nothing was changed. Move it away, or choose another file with --out.'
          : 'Choose another file with --out.',
        exit: exitCodes.usage,
        cause: error,
      },
    );
  }
}
