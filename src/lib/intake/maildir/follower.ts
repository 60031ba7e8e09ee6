import type { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reason } from '../../errors.ts';
import { entriesOf, isMaildir, parts, placesIn, type Folder, type Part } from './folders.ts';
import { isMessageName, uniqueOf } from './message-file.ts';
import type { Seen } from './seen.ts';
import { Watches } from './watches.ts';

/** A message where it lies now. */
export interface Found {
  readonly root: string;
  /** As it is called below the root; empty for the inbox. */
  readonly folder: string;
  readonly part: Part;
  /** With its flags. */
  readonly name: string;
  readonly unique: string;
  readonly path: string;
}

export interface FollowerSettings {
  /** By real path. */
  readonly root: string;
  readonly seen: Seen;
  /** Whether what is there already counts as new. */
  readonly from: 'start' | 'now';
  /** Milliseconds between two looks at everything. */
  readonly poll: number;
  /** So many are taken at a time. */
  readonly atOnce: number;
  /** Hands it on. `gone` when it was not there any more. Throws when that cannot be done now. */
  readonly take: (found: Found) => Promise<'taken' | 'left' | 'gone'>;
  /** Folders that are never looked into: our own. */
  readonly isOwn: (path: string) => Promise<boolean>;
  /** Told when something cannot be done now, and is tried again. */
  readonly failed: (detail: string, retryInMs: number) => void;
  readonly opened: (folders: number, told: 'by the system' | 'by looking') => void;
  readonly now: () => number;
  readonly watch?: typeof watch;
}

/** What the system says of many files at once is looked at together. */
const settle = 100;
const retryAfter = 5_000;

/** Follows one maildir with all its folders, for as long as it is told to. It changes nothing there. */
export class Follower {
  readonly #settings: FollowerSettings;
  readonly #watches: Watches;
  readonly #underWay = new Set<Promise<void>>();
  readonly #taking = new Set<string>();
  /** Names of which the system has told, by the directory in which they are. */
  #told = new Map<string, Set<string>>();
  #isStale = true;
  #wake: () => void = () => undefined;
  #folders = new Map<string, Folder>();
  #opened = '';
  /** Said once, however often it is tried again. */
  #failedFor: string | undefined;
  #fault: { readonly error: unknown } | undefined;

  constructor(settings: FollowerSettings) {
    this.#settings = settings;
    this.#watches = new Watches((path, name) => this.#hear(path, name), settings.watch);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { poll, failed } = this.#settings;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      let rest = poll;
      try {
        if (this.#isStale) await this.#lookAtAll(signal);
        await this.#lookAtTold(signal);
        await this.#finish();
        this.#failedFor = undefined;
      } catch (error) {
        rest = retryAfter;
        this.#isStale = true;
        if (this.#failedFor !== reason(error)) failed(reason(error), rest);
        this.#failedFor = reason(error);
      }
      const isDue = await this.#rest(rest, signal);
      if (isDue) this.#isStale = true;
    }
    this.#watches.close();
    await Promise.allSettled(this.#underWay);
  }

  /** Resolves when all that was being taken at the call is taken. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #lookAtAll(signal: AbortSignal): Promise<void> {
    const { root, seen, from, now } = this.#settings;
    this.#isStale = false;
    const isFirst = !seen.isFollowed(root) && from === 'now';
    const startedAt = now();
    const folders = new Map<string, Folder>();
    const watched = new Set<string>();
    let told = true;
    for await (const folder of placesIn(root)) {
      if (signal.aborted) return;
      if (await this.#settings.isOwn(folder.path)) continue;
      // Watched before it is read: what comes in between is told.
      watched.add(folder.path);
      told = this.#watches.add(folder.path) && told;
      if (!(await isMaildir(folder.path))) continue;
      folders.set(folder.path, folder);
      for (const part of parts) {
        const path = join(folder.path, part);
        watched.add(path);
        const isTold = this.#watches.add(path);
        told = isTold && told;
        for await (const { name } of entriesOf(path)) {
          if (signal.aborted) return;
          const isBefore = isFirst && (isTold || !(await hasCome(join(path, name), startedAt)));
          if (isBefore) this.#pass(name);
          else await this.#visit(folder, part, name);
        }
      }
    }
    this.#watches.keepOnly(watched);
    this.#folders = folders;
    if (folders.size === 0) throw new Error('there is no maildir, or it may not be looked into');
    await this.#finish();
    seen.follow(root);
    this.#tellOpened(folders.size, told ? 'by the system' : 'by looking');
  }

  async #lookAtTold(signal: AbortSignal): Promise<void> {
    const told = this.#told;
    this.#told = new Map();
    for (const [path, names] of told) {
      const folder = this.#folders.get(dirname(path));
      const part = parts.find((part) => part === basename(path));
      if (!folder || !part) continue;
      for (const name of names) {
        if (signal.aborted) return;
        await this.#visit(folder, part, name, 'told');
      }
    }
  }

  #pass(name: string): void {
    const { seen, root } = this.#settings;
    if (isMessageName(name)) seen.mark(root, uniqueOf(name), 'passed');
  }

  async #visit(folder: Folder, part: Part, name: string, how: 'told' | 'found' = 'found'): Promise<void> {
    if (!isMessageName(name)) return;
    const { root, seen, take, atOnce } = this.#settings;
    const unique = uniqueOf(name);
    const state = seen.stateOf(root, unique);
    // Nothing but a delivery puts a message into `new`: it came while those that were there were looked through.
    const isDelivery = state === 'passed' && how === 'told' && part === 'new';
    if (state !== undefined && !isDelivery) return;
    if (this.#fault) throw this.#fault.error;
    // If it cannot be taken now, the next look finds it as any other.
    if (isDelivery) seen.unmark(root, unique);
    // Marked at once: it may be found again, moved, while it is being taken.
    const found = { root, folder: folder.name, part, name, unique, path: join(folder.path, part, name) };
    if (this.#taking.has(unique)) return;
    this.#taking.add(unique);
    const taking: Promise<void> = take(found)
      .then((became) => {
        if (became !== 'gone') seen.mark(root, unique, became);
      })
      .catch((error: unknown) => {
        this.#fault ??= { error };
      })
      .finally(() => {
        this.#taking.delete(unique);
        this.#underWay.delete(taking);
      });
    this.#underWay.add(taking);
    if (this.#underWay.size >= atOnce) await Promise.race(this.#underWay);
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#underWay);
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault) throw fault.error;
  }

  #hear(path: string, name: string | undefined): void {
    const isPart = parts.some((part) => part === basename(path));
    if (isPart && name !== undefined) {
      const names = this.#told.get(path) ?? new Set();
      this.#told.set(path, names.add(name));
    } else this.#isStale = true;
    this.#wake();
  }

  /** True when it is time to look at everything. */
  async #rest(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#isStale && this.#told.size === 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => resolve(true), ms);
      this.#wake = () => resolve(false);
      const isDue = await promise;
      clearTimeout(timer);
      this.#wake = () => undefined;
      if (isDue || signal.aborted) return true;
    }
    if (this.#fault === undefined && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, settle));
    return false;
  }

  #tellOpened(folders: number, told: 'by the system' | 'by looking'): void {
    const opened = `${folders} ${told}`;
    if (opened !== this.#opened) this.#settings.opened(folders, told);
    this.#opened = opened;
  }
}

/** Whether it came after a moment: a delivery changes the inode. */
async function hasCome(path: string, moment: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.ctimeMs >= moment;
}
