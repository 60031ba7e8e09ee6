import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a server said. */
export const logName = 'server.log';

const root = fileURLToPath(new URL('../../bench-out/', import.meta.url));
const probes = 300;
const attempts = 8;
/** Files that a rested disk creates in a second, at the least. */
export const restedDisk = 8_000;

/**
 * All data of one run of the bench, a new folder for each server. Nothing is deleted before the end: where many files
 * were deleted, ext4 creates new ones about ten times slower for minutes, which would be measured as somebody's slowness.
 */
export class WorkFolder {
  readonly path: string;
  #count = 0;
  #slowest = Infinity;

  constructor(now: Date) {
    this.path = join(root, now.toISOString().replaceAll(/[:.]/g, '-'));
    mkdirSync(this.path, { recursive: true });
    // Lets ext4 place each folder in a region of its own; other file systems do not know the attribute.
    spawnSync('chattr', ['+T', this.path], { stdio: 'ignore' });
  }

  /** Empty files that could be created in a second, in the slowest folder that was given out. */
  get slowestCreation(): number {
    return this.#slowest;
  }

  /**
   * A new folder that servers with a user of their own can write to. Regions of the disk where files were deleted
   * lately, by an earlier run or by somebody else, are tried and left.
   */
  folder(name: string): string {
    for (let attempt = 1; ; attempt++) {
      const path = this.#make(name);
      const rate = creationRate(join(path, 'probes'));
      if (rate < restedDisk && attempt < attempts) continue;
      this.#slowest = Math.min(this.#slowest, rate);
      return path;
    }
  }

  /** Gives back the space of a server that has ended, but no file of it, and lets the disk come to rest. */
  settle(path: string): void {
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name !== logName) truncateSync(join(entry.parentPath, entry.name));
    }
    spawnSync('sync', ['-f', path]);
  }

  freeGiB(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return (bavail * bsize) / 2 ** 30;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  // ext4 takes the region from the name: the same names in each run would lead to where the last run was deleted.
  #make(name: string): string {
    const number = String(++this.#count).padStart(3, '0');
    const path = join(this.path, `${number}-${name.replaceAll(' ', '-')}-${Date.now()}`);
    mkdirSync(path);
    chmodSync(path, 0o777);
    return path;
  }
}

function creationRate(folder: string): number {
  mkdirSync(folder);
  const start = performance.now();
  for (let index = 0; index < probes; index++) closeSync(openSync(join(folder, String(index)), 'w'));
  return (probes / (performance.now() - start)) * 1_000;
}
