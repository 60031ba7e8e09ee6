import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  opendirSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Content } from '../capture/capture.ts';
import { folderDirectory } from './folder.ts';

const copyStep = 2 ** 20;

/** A Maildir++ tree: the inbox at its root, other folders as dot directories below. */
export class Maildir {
  readonly root: string;
  readonly #ready = new Map<string | undefined, string>();

  constructor(root: string) {
    this.root = root;
  }

  /**
   * Puts a message into `new`. The name decides what it is: storing the same name again leaves one file. Nothing is
   * synced here; whoever moves a cursor syncs the file system first.
   */
  store(folder: string | undefined, name: string, headers: Buffer, content: Content): void {
    const directory = this.directoryOf(folder);
    const temporary = `${directory}/tmp/${name}`;
    // A file left in tmp by a crash is overwritten: same name, same message.
    const file = openSync(temporary, 'w', 0o600);
    try {
      if (content.kind === 'bytes') writeWhole(file, headers, content.bytes);
      else copyAfter(file, headers, content.path);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, `${directory}/new/${name}`);
  }

  /** The names of the messages in `new` and `cur` of every folder. */
  *names(): Generator<string> {
    for (const directory of this.directories()) {
      for (const part of ['new', 'cur']) yield* entries(join(directory, part));
    }
  }

  /** The directory of a folder, made the first time. */
  directoryOf(folder: string | undefined): string {
    return this.#ready.get(folder) ?? this.makeDirectory(folder);
  }

  /** The directory of a folder, made when it is not there, or no longer: clients remove folders too. */
  makeDirectory(folder: string | undefined): string {
    const name = folderDirectory(folder);
    const directory = join(this.root, name);
    for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(directory, part), { recursive: true, mode: 0o700 });
    // By this file Maildir++ tells a folder from a maildir of its own.
    if (name !== '') writeFileSync(join(directory, 'maildirfolder'), '', { mode: 0o600 });
    this.#ready.set(folder, directory);
    return directory;
  }

  /** The directories of all folders that there are. */
  directories(): string[] {
    return existsSync(this.root) ? [this.root, ...this.#folders()] : [];
  }

  *#folders(): Generator<string> {
    for (const name of entries(this.root)) {
      if (name.startsWith('.') && existsSync(join(this.root, name, 'cur'))) yield join(this.root, name);
    }
  }
}

function* entries(directory: string): Generator<string> {
  if (!existsSync(directory)) return;
  const listing = opendirSync(directory);
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) yield entry.name;
  } finally {
    listing.closeSync();
  }
}

function writeWhole(file: number, headers: Buffer, bytes: Buffer): void {
  const written = writevSync(file, [headers, bytes]);
  if (written === headers.length + bytes.length) return;
  const rest = Buffer.concat([headers, bytes]).subarray(written);
  for (let done = 0; done < rest.length;) done += writeSync(file, rest, done);
}

function copyAfter(file: number, headers: Buffer, path: string): void {
  const source = openSync(path, 'r');
  const step = Buffer.allocUnsafe(copyStep);
  try {
    writeWhole(file, headers, Buffer.alloc(0));
    for (let length = readSync(source, step); length > 0; length = readSync(source, step)) {
      writeWhole(file, step.subarray(0, length), Buffer.alloc(0));
    }
  } finally {
    closeSync(source);
  }
}
