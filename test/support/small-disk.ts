import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { errno } from '../../src/lib/errors.ts';
import { temporaryDirectory } from './temporary.ts';

/** Only root can mount a file system of its own. */
export const canMount = process.getuid?.() === 0;

/** A file system of so many MiB that is there for one test. */
export function smallDisk(mebibytes: number): string {
  const disk = join(temporaryDirectory(), 'disk');
  mkdirSync(disk);
  run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'spamtrap-test', disk]);
  // Lazily: whoever still has a file open there must not keep it mounted.
  onTestFinished(() => run('umount', ['--lazy', disk]));
  return disk;
}

/** Takes every byte that is left, until it is given back. */
export function fillUp(disk: string): { giveBack: () => void } {
  const path = join(disk, 'ballast');
  const file = openSync(path, 'w');
  for (let block = Buffer.alloc(2 ** 20); block.length > 0;) {
    try {
      writeSync(file, block);
    } catch (error) {
      if (errno(error) !== 'ENOSPC') throw error;
      block = block.subarray(0, block.length >> 1);
    }
  }
  closeSync(file);
  return { giveBack: () => rmSync(path) };
}

function run(program: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}
