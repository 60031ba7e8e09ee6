import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../../src/lib/errors.ts';
import { realDisk, type Disk } from '../../src/lib/journal/disk.ts';
import type { DiskFile } from '../../src/lib/journal/disk-file.ts';

export type Operation = 'create' | 'write' | 'sync' | 'rename' | 'syncDirectory';

/** Called before each operation; what it throws is what the disk says. A promise makes the disk slow. */
export type Interference = (operation: Operation, path: string, count: number) => void | Promise<void>;

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}

/** The real file system with faults in its way. */
export function faultyDisk(interfere: Interference, free = () => Number.MAX_SAFE_INTEGER): Disk {
  const counts = new Map<Operation, number>();
  const before = async (operation: Operation, path: string) => {
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    await interfere(operation, path, count);
  };
  const wrap = (path: string, file: DiskFile): DiskFile => ({
    truncate: (length) => file.truncate(length),
    close: () => file.close(),
    async write(buffers, offset) {
      await before('write', path);
      await file.write(buffers, offset);
    },
    async sync() {
      await before('sync', path);
      await file.sync();
    },
  });
  return {
    ...realDisk,
    async createSegment(path) {
      await before('create', path);
      return wrap(path, await realDisk.createSegment(path));
    },
    async create(path) {
      await before('create', path);
      return wrap(path, await realDisk.create(path));
    },
    reopenSegment: async (path) => wrap(path, await realDisk.reopenSegment(path)),
    async rename(from, to) {
      await before('rename', from);
      await realDisk.rename(from, to);
    },
    async syncDirectory(path) {
      await before('syncDirectory', path);
      await realDisk.syncDirectory(path);
    },
    freeBytes: async () => free(),
  };
}

const page = 4096;

interface Unsynced {
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * A disk that remembers what was not yet synced. `loseSome` makes a copy of the folder as a power failure would leave
 * it: of the unsynced bytes, any page may have reached the platter, in any order, or not.
 */
export function forgetfulDisk(): { disk: Disk; loseSome: (from: string, to: string, random: () => number) => void } {
  const unsynced = new Map<string, Unsynced[]>();
  const track = (path: () => string, file: DiskFile): DiskFile => ({
    truncate: (length) => file.truncate(length),
    close: () => file.close(),
    async write(buffers, offset) {
      const writes = unsynced.get(path()) ?? [];
      writes.push({ offset, bytes: Buffer.concat(buffers) });
      unsynced.set(path(), writes);
      await file.write(buffers, offset);
    },
    async sync() {
      const before = unsynced.get(path())?.length ?? 0;
      await file.sync();
      unsynced.get(path())?.splice(0, before);
    },
  });
  const names = new Map<string, { path: string }>();
  const named = (path: string, file: DiskFile) => {
    const name = { path };
    names.set(path, name);
    return track(() => name.path, file);
  };
  const disk: Disk = {
    ...realDisk,
    createSegment: async (path) => named(path, await realDisk.createSegment(path)),
    create: async (path) => named(path, await realDisk.create(path)),
    reopenSegment: async (path) => named(path, await realDisk.reopenSegment(path)),
    async rename(from, to) {
      await realDisk.rename(from, to);
      const name = names.get(from);
      const writes = unsynced.get(from);
      if (name) {
        name.path = to;
        names.set(to, name);
      }
      if (writes) unsynced.set(to, writes);
      unsynced.delete(from);
    },
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
  };
  const loseSome = (from: string, to: string, random: () => number) => {
    copyTree(from, to, (path, target) => {
      try {
        copyFileSync(path, target);
      } catch (error) {
        // It is being renamed at this very moment, in another thread: nobody was promised anything of it.
        if (errno(error) === 'ENOENT') return;
        throw error;
      }
      const writes = unsynced.get(path) ?? [];
      if (writes.length === 0) return;
      const bytes = readFileSync(target);
      for (const { offset, bytes: written } of writes) {
        for (let at = offset - (offset % page); at < offset + written.length; at += page) {
          const [start, end] = [Math.max(at, offset), Math.min(at + page, offset + written.length, bytes.length)];
          if (random() < 0.5 && start < end) bytes.fill(0, start, end);
        }
      }
      writeFileSync(target, bytes);
    });
  };
  return { disk, loseSome };
}

function copyTree(from: string, to: string, copy: (path: string, target: string) => void): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (!existsSync(path)) continue;
    if (statSync(path).isDirectory()) copyTree(path, join(to, name), copy);
    else if (!name.startsWith('lock')) copy(path, join(to, name));
  }
}
