import { copyFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Kept } from '../look-at-journal.ts';

/** Writes a message, byte for byte, into a folder; returns the path. */
export async function saveMessage({ facts, content }: Kept, folder: string): Promise<string> {
  if (content === undefined) {
    throw new Fault('Of this message a rule let only the evidence be kept.', {
      code: 'journal.no-content',
      fix: 'There is nothing to save.',
    });
  }
  const path = resolve(folder, `${facts.id}.eml`);
  if (content.kind === 'bytes') await writeFile(path, content.bytes, { mode: 0o600 });
  else await copyFile(content.path, path);
  return path;
}
