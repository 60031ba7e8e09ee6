import { statSync } from 'node:fs';
import { FileWatch, type WatchTimes } from '../../../document/file-watch.ts';
import { reason } from '../../../errors.ts';
import type { User, Users } from '../user.ts';
import { filesOf, isOpenToAll, readSource, type UserTable } from './source.ts';

export type UsersNotice =
  | { readonly kind: 'loaded'; readonly source: string; readonly users: number }
  /** What holds is still what held before. */
  | { readonly kind: 'refused'; readonly source: string; readonly detail: string }
  | { readonly kind: 'open to all'; readonly source: string };

export interface UsersOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly notify: (notice: UsersNotice) => void;
  readonly times?: WatchTimes;
}

const usualTimes: WatchTimes = { settleMs: 200, pollMs: 60_000 };

/** Reads every source; throws the Fault of the first that is no good. From then on they are followed. */
export function openUsers(sources: readonly string[], options: UsersOptions): OpenUsers {
  return new OpenUsers(sources.map((source) => new FollowedSource(source, options)));
}

/** The first source that knows an ident is the one that counts. */
export class OpenUsers implements Users {
  readonly #sources: readonly FollowedSource[];

  constructor(sources: readonly FollowedSource[]) {
    this.#sources = sources;
  }

  get size(): number {
    return this.#sources.reduce((sum, { size }) => sum + size, 0);
  }

  find(ident: string): User | undefined {
    for (const source of this.#sources) {
      const user = source.find(ident);
      if (user) return user;
    }
    return undefined;
  }

  /** Reads everything anew, whether or not it seems to have changed. */
  reload(): void {
    for (const source of this.#sources) source.reload();
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }
}

class FollowedSource {
  readonly #source: string;
  readonly #options: UsersOptions;
  readonly #watch: FileWatch | undefined;
  #table: UserTable;
  #seen: string;
  #refused = '';

  constructor(source: string, options: UsersOptions) {
    this.#source = source;
    this.#options = options;
    this.#seen = this.#look();
    this.#table = readSource(source, options.env);
    const files = filesOf(source);
    if (files.length > 0) this.#watch = new FileWatch(files, () => this.#follow(), options.times ?? usualTimes);
    this.#told();
  }

  get size(): number {
    return this.#table.size;
  }

  find(ident: string): User | undefined {
    return this.#table.find(ident);
  }

  reload(): void {
    try {
      this.#table = readSource(this.#source, this.#options.env);
      this.#refused = '';
      this.#told();
    } catch (error) {
      this.#refuse(reason(error));
    }
  }

  close(): void {
    this.#watch?.close();
  }

  #follow(): void {
    const seen = this.#look();
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.reload();
  }

  #told(): void {
    const { notify } = this.#options;
    notify({ kind: 'loaded', source: this.#source, users: this.#table.size });
    if (isOpenToAll(this.#source)) notify({ kind: 'open to all', source: this.#source });
  }

  // What is wrong is said once, however often the file is looked at.
  #refuse(detail: string): void {
    if (detail === this.#refused) return;
    this.#refused = detail;
    this.#options.notify({ kind: 'refused', source: this.#source, detail });
  }

  /** Differs when a file has changed: its identity too, since a file that is replaced may keep its size and time. */
  #look(): string {
    return filesOf(this.#source).map(lookAt).join(' ');
  }
}

function lookAt(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
  } catch {
    return 'gone';
  }
}
