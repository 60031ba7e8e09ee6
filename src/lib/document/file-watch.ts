import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

export interface WatchTimes {
  /** How long after the first sign of a change to look: whoever replaces two files needs a moment. */
  readonly settleMs: number;
  /** How often to look without a sign: a network file system gives none, nor does a file behind a link. */
  readonly pollMs: number;
}

/**
 * Calls `look` when files may have changed. It is their folders that are watched, because certbot and Kubernetes put
 * new links into the place of old ones, and a watch on a file stays with the file that is gone. Never keeps a process
 * alive.
 */
export class FileWatch {
  readonly #folders: ReadonlySet<string>;
  readonly #look: () => void;
  readonly #settleMs: number;
  readonly #poll: NodeJS.Timeout;
  #watchers: FSWatcher[] = [];
  #settling: NodeJS.Timeout | undefined;

  constructor(paths: readonly string[], look: () => void, { settleMs, pollMs }: WatchTimes) {
    this.#folders = new Set(paths.map((path) => dirname(path)));
    this.#look = look;
    this.#settleMs = settleMs;
    this.#watchAnew();
    this.#poll = setInterval(() => {
      // The folder itself may have gone and come again.
      this.#watchAnew();
      this.#look();
    }, pollMs).unref();
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    this.#unwatch();
  }

  #watchAnew(): void {
    this.#unwatch();
    this.#watchers = [...this.#folders].flatMap((folder) => this.#watch(folder) ?? []);
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #watch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle());
      // A folder that goes away is an error, and polling finds out what became of it.
      return watcher.on('error', () => watcher.close());
    } catch {
      // No folder, or no more watches to be had from the kernel: polling is left.
      return undefined;
    }
  }

  // Not put off by further signs: a folder in which something always happens would never settle.
  #settle(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      this.#look();
    }, this.#settleMs).unref();
  }
}
