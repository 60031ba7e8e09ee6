import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Content } from '../capture/capture.ts';
import { errno } from '../errors.ts';

/** Puts a file there, whole or not at all, and safe against power loss. */
export function replaceFile(path: string, text: string): void {
  const part = `${path}.part`;
  writeContent(part, { kind: 'bytes', bytes: Buffer.from(text) });
  renameSync(part, path);
  syncDirectory(dirname(path));
}

/** Writes the bytes and syncs them; the name is safe once the directory is synced too. */
export function writeContent(path: string, content: Content): void {
  if (content.kind === 'file') copyFileSync(content.path, path);
  const file = openSync(path, content.kind === 'file' ? 'r+' : 'w', 0o600);
  try {
    if (content.kind === 'bytes') writeAll(file, content.bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (errno(error) !== 'EEXIST') throw error;
  }
  syncDirectory(dirname(path));
}

export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
