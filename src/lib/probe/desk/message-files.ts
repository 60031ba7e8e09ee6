import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { hash } from 'node:crypto';
import type { Content } from '../../capture/capture.ts';
import { isId } from '../../capture/id.ts';
import type { Probe } from '../probe.ts';
import type { DeskLayout } from './layout.ts';
import { syncDirectory, writeContent } from '../../files/synced.ts';

/** The bytes of the probes, beside the database. */
export class MessageFiles {
  readonly #layout: DeskLayout;

  constructor(layout: DeskLayout) {
    this.#layout = layout;
  }

  /** Safe once sync() has been called. */
  put(id: string, content: Content): void {
    writeContent(this.#layout.message(id), content);
  }

  sync(): void {
    syncDirectory(this.#layout.directory);
  }

  /** Exactly what the peer sent, or undefined when that is not to be had any more. */
  read({ id, sha256 }: Probe): Buffer | undefined {
    try {
      const bytes = readFileSync(this.#layout.message(id));
      return hash('sha256', bytes, 'hex') === sha256 ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) rmSync(this.#layout.message(id), { force: true });
  }

  ids(): string[] {
    return readdirSync(this.#layout.directory)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => name.slice(0, -'.eml'.length))
      .filter((id) => isId(id));
  }
}
