import { watch, type FSWatcher } from 'node:fs';

export type Told = (path: string, name: string | undefined) => void;
type Watch = typeof watch;

/** Directories that the system tells of. What it cannot tell of has to be looked at again and again. */
export class Watches {
  readonly #told: Told;
  readonly #watch: Watch;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(told: Told, watchWith: Watch = watch) {
    this.#told = told;
    this.#watch = watchWith;
  }

  /** From now on, as far as the system can. False when it cannot. */
  add(path: string): boolean {
    if (this.#watchers.has(path)) return true;
    try {
      const watcher = this.#watch(path, { persistent: false }, (_, name) => this.#told(path, name ?? undefined));
      // A directory that goes away, or is moved, is watched anew when it is found again.
      watcher.on('error', () => this.#drop(path));
      this.#watchers.set(path, watcher);
      return true;
    } catch {
      // No more watches to be had from the kernel, or a file system that has none.
      return false;
    }
  }

  /** Lets go of all but these. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#watchers.keys()) if (!paths.has(path)) this.#drop(path);
  }

  close(): void {
    this.keepOnly(new Set());
  }

  #drop(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
  }
}
