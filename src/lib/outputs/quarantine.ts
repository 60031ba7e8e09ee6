import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture, CaptureFacts } from '../capture/capture.ts';
import { isId } from '../capture/id.ts';
import { errno } from '../errors.ts';
import { syncDirectory, writeContent } from '../files/synced.ts';

export interface SetAside {
  readonly why: string;
  readonly capture: Capture;
}

/** `<data dir>/quarantine/<output>/<id>.eml` and `.json`: what an output refused for good, and why. */
export class Quarantine {
  readonly #directory: string;

  constructor(dataDir: string, output: string) {
    this.#directory = join(dataDir, 'quarantine', output);
  }

  /** Copies the capture out of the journal, synced: its segment may go as soon as the cursor has passed. */
  keep({ facts, content }: Capture, why: string): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    writeContent(this.#path(facts.id, 'eml'), content);
    const bytes = Buffer.from(`${JSON.stringify({ why, ...facts })}\n`);
    writeContent(this.#path(facts.id, 'json'), { kind: 'bytes', bytes });
    syncDirectory(this.#directory);
  }

  count(): number {
    return this.ids().length;
  }

  /** Oldest first. */
  ids(): string[] {
    try {
      const names = readdirSync(this.#directory).filter((name) => name.endsWith('.json'));
      return names.map((name) => name.slice(0, -'.json'.length)).sort();
    } catch (error) {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Undefined when it is not there; the id has to be one. */
  find(id: string): SetAside | undefined {
    if (!isId(id)) return undefined;
    try {
      const { why, ...facts } = JSON.parse(readFileSync(this.#path(id, 'json'), 'utf8')) as CaptureFacts & {
        why: string;
      };
      const content = { kind: 'file', path: this.#path(id, 'eml'), size: facts.size } as const;
      return { why, capture: { facts, content } };
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** For good, once the directory is synced. What is left of it after a crash in between is no entry. */
  remove(id: string): void {
    rmSync(this.#path(id, 'json'), { force: true });
    rmSync(this.#path(id, 'eml'), { force: true });
    syncDirectory(this.#directory);
  }

  #path(id: string, kind: 'json' | 'eml'): string {
    return join(this.#directory, `${id}.${kind}`);
  }
}
