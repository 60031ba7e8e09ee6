import { close, constants, fdatasync, ftruncate, open, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { errno } from '../errors.ts';
import type { DiskFile } from './disk-file.ts';

// Each commit is one write and one sync: the bare calls cost the event loop a third of what a FileHandle's do.
const openFile = promisify(open);
const readFile = promisify(read);
const writeFile = promisify(write);
const syncFile = promisify(fdatasync);
const truncateFile = promisify(ftruncate);
const closeFile = promisify(close);

/** Memory and file are written in whole blocks of this many bytes; every disk and file system takes that. */
const block = 4096;
const stagingLength = 2 ** 20;

/**
 * A file that is written past the page cache. The journal is written once and read at most once, soon after: through
 * the cache each byte would cost a fresh page and a copy, several times what the disk itself takes.
 */
export class DirectFile implements DiskFile {
  readonly #fd: number;
  readonly #staging: Buffer;
  /** The end of what was written last; its unfinished block stands at the start of the staging memory. */
  #end = 0;

  /** Undefined where the file system does not offer direct writes. */
  static async open(path: string, flags: number, mode: number): Promise<DirectFile | undefined> {
    // Not every system has this flag.
    const direct = constants.O_DIRECT as number | undefined;
    if (direct === undefined) return undefined;
    try {
      return new DirectFile(await openFile(path, flags | direct, mode));
    } catch (error) {
      if (errno(error) === 'EINVAL') return undefined;
      throw error;
    }
  }

  private constructor(fd: number) {
    this.#fd = fd;
    this.#staging = spareStaging.pop() ?? alignedMemory();
  }

  async write(buffers: readonly Buffer[], offset: number): Promise<void> {
    let filled = offset % block;
    let base = offset - filled;
    if (filled > 0 && offset !== this.#end) await this.#load(base);
    for (const buffer of buffers) {
      for (let done = 0; done < buffer.length;) {
        const copied = buffer.copy(this.#staging, filled, done);
        done += copied;
        filled += copied;
        offset += copied;
        if (filled < stagingLength) continue;
        await this.#put(base, stagingLength);
        base += stagingLength;
        filled = 0;
      }
    }
    const whole = Math.ceil(filled / block) * block;
    this.#staging.fill(0, filled, whole);
    if (whole > 0) await this.#put(base, whole);
    this.#staging.copyWithin(0, filled - (filled % block), filled);
    this.#end = offset;
  }

  sync(): Promise<void> {
    return syncFile(this.#fd);
  }

  truncate(length: number): Promise<void> {
    return truncateFile(this.#fd, length);
  }

  async close(): Promise<void> {
    spareStaging.push(this.#staging);
    await closeFile(this.#fd);
  }

  async #load(base: number): Promise<void> {
    const { bytesRead } = await readFile(this.#fd, this.#staging, 0, block, base);
    this.#staging.fill(0, bytesRead, block);
  }

  async #put(base: number, length: number): Promise<void> {
    for (let done = 0; done < length;) {
      const { bytesWritten } = await writeFile(this.#fd, this.#staging, done, length - done, base + done);
      if (bytesWritten === 0) throw new Error('the file system took no more bytes');
      done += bytesWritten;
    }
  }
}

const spareStaging: Buffer[] = [];

// Direct writes need memory that begins at a page. Of all that JavaScript can ask for, only WebAssembly's does.
// (The types of Node.js name WebAssembly but not its Memory.)
const { Memory } = (
  globalThis as unknown as { WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } } }
).WebAssembly;

function alignedMemory(): Buffer {
  return Buffer.from(new Memory({ initial: stagingLength / 65_536 }).buffer);
}
