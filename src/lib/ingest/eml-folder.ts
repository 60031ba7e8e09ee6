import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, syncDirectory, writeContent } from '../files/synced.ts';
import type { Received } from './received.ts';
import type { Store } from './store.ts';

/** `<folder>/<sha256>.eml`, and beside it a `.json` with what else the record said. Named so, each is there once. */
export class EmlFolder implements Store {
  readonly keeps = 'durably';
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    makeDirectory(folder);
  }

  async put(messages: readonly Received[]): Promise<void> {
    for (const message of messages) this.#put(message);
    syncDirectory(this.#folder);
  }

  #put({ channel, ident, bytes, sha256, facts, fault }: Received): void {
    const message = join(this.#folder, `${sha256}.eml`);
    // Written last, so where it is, all is.
    if (existsSync(message)) return;
    const known = { sha256, size: bytes.length, channel, ident, ...(fault !== undefined && { fault }), ...facts };
    this.#write(join(this.#folder, `${sha256}.json`), Buffer.from(`${JSON.stringify(known)}\n`));
    this.#write(message, bytes);
  }

  #write(path: string, bytes: Buffer): void {
    const part = `${path}.part`;
    writeContent(part, { kind: 'bytes', bytes });
    renameSync(part, path);
  }
}
