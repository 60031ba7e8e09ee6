import { createHash } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messagesIn, type SourceMessage } from './source.ts';

/** To whom everything that is made belongs. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A folder that messages come into. It knows by their content which it has already. */
export class TargetFolder {
  readonly #path: string;
  readonly #owner: Owner;
  /** Paths of messages by size: most are told apart by that, and need not be read. */
  readonly #bySize = new Map<number, string[]>();
  readonly #hashes = new Map<string, string>();
  readonly #names = new Set<string>();

  constructor(path: string, owner: Owner) {
    this.#path = path;
    this.#owner = owner;
    for (const { part, name } of messagesIn(path)) this.#note(join(path, part, name), name);
  }

  /** Whether a message with this content is there. */
  has(bytes: Buffer): boolean {
    const candidates = this.#bySize.get(bytes.length) ?? [];
    if (candidates.length === 0) return false;
    const hash = sha256(bytes);
    return candidates.some((path) => this.#hashOf(path) === hash);
  }

  /** Puts a message there, synced, with the time and the flags that it had. */
  put(bytes: Buffer, { part, name }: SourceMessage, times: { readonly atime: Date; readonly mtime: Date }): void {
    this.make();
    const free = this.#freeName(name);
    const beside = join(this.#path, 'tmp', free);
    const file = openSync(beside, 'w', 0o600);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    utimesSync(beside, times.atime, times.mtime);
    chownSync(beside, this.#owner.uid, this.#owner.gid);
    const path = join(this.#path, part, free);
    renameSync(beside, path);
    this.#note(path, free);
  }

  make(): void {
    if (existsSync(join(this.#path, 'tmp'))) return;
    for (const part of ['tmp', 'new', 'cur']) this.#makeFolder(join(this.#path, part));
  }

  /** With those above it: whoever owns the mail has to be able to get there. */
  #makeFolder(path: string): void {
    if (existsSync(path)) return;
    this.#makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, this.#owner.uid, this.#owner.gid);
  }

  /** By this file Maildir++ tells a folder from a maildir of its own. */
  mark(): void {
    const path = join(this.#path, 'maildirfolder');
    if (existsSync(path)) return;
    writeFileSync(path, '', { mode: 0o600 });
    chownSync(path, this.#owner.uid, this.#owner.gid);
  }

  /** Makes what was put there safe against a loss of power. */
  sync(): void {
    for (const part of ['new', 'cur']) {
      const folder = openSync(join(this.#path, part), 'r');
      fsyncSync(folder);
      closeSync(folder);
    }
  }

  #note(path: string, name: string): void {
    const { size } = statSync(path);
    this.#bySize.set(size, [...(this.#bySize.get(size) ?? []), path]);
    this.#names.add(uniquePart(name));
  }

  #hashOf(path: string): string {
    const known = this.#hashes.get(path);
    if (known !== undefined) return known;
    const hash = sha256(readFileSync(path));
    this.#hashes.set(path, hash);
    return hash;
  }

  #freeName(name: string): string {
    const unique = uniquePart(name);
    for (let count = 0; ; count++) {
      const free = count === 0 ? unique : `${unique}.${count}`;
      if (!this.#names.has(free)) return `${free}${name.slice(unique.length)}`;
    }
  }
}

/** What stands before size and flags. */
function uniquePart(name: string): string {
  return /^[^,:;]*/.exec(name)![0];
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
