import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import type { DiskFile } from './disk-file.ts';

const step = Buffer.alloc(2 ** 20);

/**
 * A segment written full of zeros ahead of need. Overwriting allocated blocks lets a sync skip the file system's own
 * log, which doubles what a sync costs. It is never waited for: without a spare the journal appends.
 */
export class Spare {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #length: number;
  #ready: DiskFile | undefined;
  #making: Promise<void> | undefined;
  #closed = false;

  constructor(disk: Disk, path: string, length: number) {
    this.#disk = disk;
    this.#path = path;
    this.#length = length;
  }

  get isReady(): boolean {
    return this.#ready !== undefined;
  }

  /** Begins to make one, unless there is one or there is one on its way. */
  prepare(): void {
    if (this.#closed || this.#ready !== undefined || this.#making !== undefined) return;
    // A disk without room for a spare is a disk without a spare, and no failure.
    this.#making = this.#make()
      .catch(() => undefined)
      .finally(() => (this.#making = undefined));
  }

  /** Gives the spare that name, if there is one. */
  async take(path: string): Promise<DiskFile | undefined> {
    const file = this.#ready;
    if (file === undefined) return undefined;
    this.#ready = undefined;
    await this.#disk.rename(this.#path, path);
    return file;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#making;
    const file = this.#ready;
    this.#ready = undefined;
    await file?.close();
    await this.#disk.remove(this.#path).catch(() => undefined);
  }

  async #make(): Promise<void> {
    const file = await this.#disk.createSegment(this.#path);
    try {
      for (let offset = 0; offset < this.#length && !this.#closed; offset += step.length) {
        await file.write([step.subarray(0, Math.min(step.length, this.#length - offset))], offset);
      }
      await file.sync();
      await this.#disk.syncDirectory(dirname(this.#path));
      this.#ready = file;
    } catch (error) {
      await file.close();
      await this.#disk.remove(this.#path);
      throw error;
    }
  }
}
