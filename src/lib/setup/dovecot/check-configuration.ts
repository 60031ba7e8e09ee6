import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { askProgram, usualPath, type Check } from '../ask-program.ts';
import type { ComparedFile } from '../compare-files.ts';
import { modes } from '../planned-file.ts';
import type { DialectName } from './site.ts';
import { installedDialect } from './installed.ts';

/**
 * Has Dovecot look at what the folder would hold, in a copy: neither the folder nor a Dovecot that runs is touched.
 * Throws what it finds wrong.
 */
export function checkConfiguration(
  folder: string,
  dialect: DialectName,
  compared: readonly ComparedFile[],
  path = usualPath,
): Check[] {
  const command = 'doveconf -n';
  const installed = installedDialect(path);
  if (installed !== undefined && installed !== dialect) {
    const leftOut = `the Dovecot of this machine speaks ${installed}, and this is ${dialect}`;
    return [{ command, leftOut, warnings: [] }];
  }
  const copy = mkdtempSync(join(tmpdir(), 'spamtrap-dovecot-'));
  try {
    chmodSync(copy, 0o755);
    for (const { file, state, before } of compared) {
      const text = state === 'kept' ? before!.text : file.text;
      mkdirSync(dirname(join(copy, file.name)), { recursive: true });
      writeFileSync(join(copy, file.name), text.replaceAll(`${folder}/`, `${copy}/`), { mode: modes[file.access] });
    }
    const words = ['doveconf', '-c', join(copy, 'dovecot.conf'), '-n'];
    return [askProgram(command, words, { path, plain: (said) => said.replaceAll(copy, folder) })];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
