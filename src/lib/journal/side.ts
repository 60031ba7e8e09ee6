import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Id } from '../capture/id.ts';
import type { Disk } from './disk.ts';
import type { DiskFile } from './disk-file.ts';
import type { JournalLayout } from './layout.ts';

/** A body on its way into a file of its own. */
export class SideWriter {
  readonly id: Id;
  readonly #disk: Disk;
  readonly #layout: JournalLayout;
  #file: DiskFile | undefined;
  #length = 0;

  constructor(disk: Disk, layout: JournalLayout, id: Id) {
    this.#disk = disk;
    this.#layout = layout;
    this.id = id;
  }

  async write(chunks: readonly Buffer[]): Promise<void> {
    this.#file ??= await this.#disk.create(this.#partPath);
    await this.#file.write(chunks, this.#length);
    for (const chunk of chunks) this.#length += chunk.length;
  }

  async read(from: number, length: number): Promise<Buffer> {
    const file = await open(this.#partPath, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Makes the file safe under its final name, so that a record may refer to it. */
  async finish(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
    await this.#disk.rename(this.#partPath, sidePath(this.#layout, this.id));
    await this.#disk.syncDirectory(this.#layout.sides);
  }

  async discard(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    await this.#disk.remove(this.#partPath).catch(() => undefined);
    await this.#disk.remove(sidePath(this.#layout, this.id)).catch(() => undefined);
  }

  get #partPath(): string {
    return `${sidePath(this.#layout, this.id)}.part`;
  }
}

export function sidePath(layout: JournalLayout, id: Id): string {
  return join(layout.sides, id);
}
