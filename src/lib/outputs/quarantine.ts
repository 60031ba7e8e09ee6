import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture } from '../capture/capture.ts';
import { errno } from '../errors.ts';

/** `<data dir>/quarantine/<output>/<id>.eml` and `.json`: what an output refused for good, and why. */
export class Quarantine {
  readonly #directory: string;

  constructor(dataDir: string, output: string) {
    this.#directory = join(dataDir, 'quarantine', output);
  }

  /** Copies the capture out of the journal, synced: its segment may go as soon as the cursor has passed. */
  keep({ facts, content }: Capture, why: string): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const message = join(this.#directory, `${facts.id}.eml`);
    if (content.kind === 'bytes') writeSynced(message, content.bytes);
    else {
      copyFileSync(content.path, message);
      syncPath(message);
    }
    writeSynced(join(this.#directory, `${facts.id}.json`), Buffer.from(`${JSON.stringify({ why, ...facts })}\n`));
    syncPath(this.#directory);
  }

  count(): number {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith('.json')).length;
    } catch (error) {
      if (errno(error) === 'ENOENT') return 0;
      throw error;
    }
  }
}

function writeSynced(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncPath(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
