import { constants } from 'node:fs';
import { open, rename, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { DirectFile } from './direct-file.ts';
import type { DiskFile } from './disk-file.ts';

/** What the journal asks of the file system when it writes; tests put faults behind the same interface. */
export interface Disk {
  /** A new file, for bytes that are read again soon or seldom: it goes past the page cache where that is possible. */
  createSegment(path: string): Promise<DiskFile>;
  reopenSegment(path: string): Promise<DiskFile>;
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
}

const fileMode = 0o600;
const newFile = constants.O_CREAT | constants.O_TRUNC | constants.O_RDWR;

export const realDisk: Disk = {
  createSegment: async (path) => (await DirectFile.open(path, newFile, fileMode)) ?? realDisk.create(path),
  reopenSegment: async (path) =>
    (await DirectFile.open(path, constants.O_RDWR, fileMode)) ?? cachedFile(await open(path, constants.O_RDWR)),
  create: async (path) => cachedFile(await open(path, newFile, fileMode)),
  rename: (from, to) => rename(from, to),
  remove: (path) => unlink(path),
  async syncDirectory(path) {
    const directory = await open(path, constants.O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

function cachedFile(handle: FileHandle): DiskFile {
  return {
    async write(buffers, offset) {
      const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
      const { bytesWritten } = await handle.writev(buffers as Buffer[], offset);
      if (bytesWritten < wanted) await writeRest(handle, Buffer.concat(buffers), bytesWritten, offset);
    },
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

// A write that comes up short says nothing of the reason; the next one does.
async function writeRest(handle: FileHandle, whole: Buffer, written: number, offset: number): Promise<void> {
  for (let done = written; done < whole.length;) {
    const { bytesWritten } = await handle.write(whole, done, whole.length - done, offset + done);
    if (bytesWritten === 0) throw new Error('the file system took no more bytes');
    done += bytesWritten;
  }
}
