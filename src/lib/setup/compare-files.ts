import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno, Fault, reason } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { modes, type PlannedFile } from './planned-file.ts';

/** `kept` is a file of the operator's that is there already, whatever it says. */
export type FileState = 'new' | 'changed' | 'unchanged' | 'kept';

export interface ComparedFile {
  readonly file: PlannedFile;
  readonly path: string;
  readonly state: FileState;
  /** What is there now; undefined where nothing is. */
  readonly before: FoundFile | undefined;
}

export interface FoundFile {
  readonly text: string;
  readonly mode: number;
  readonly group: number;
}

/** What each file would do to the folder, which is only read. */
export function compareFiles(folder: string, files: readonly PlannedFile[]): ComparedFile[] {
  return files.map((file) => {
    const path = join(folder, file.name);
    const before = find(path);
    return { file, path, before, state: stateOf(file, before) };
  });
}

function stateOf(file: PlannedFile, before: FoundFile | undefined): FileState {
  if (before === undefined) return 'new';
  if (file.upkeep === 'operator') return 'kept';
  const isAsPlanned =
    before.text === file.text &&
    before.mode === modes[file.access] &&
    (file.group === undefined || before.group === file.group);
  return isAsPlanned ? 'unchanged' : 'changed';
}

function find(path: string): FoundFile | undefined {
  try {
    const found = lstatSync(path);
    // To write through a link is to change what somebody keeps elsewhere; to replace it is to lose that it was one.
    if (!found.isFile()) throw notPlain(path);
    return { text: readFileSync(path, 'utf8'), mode: found.mode & 0o777, group: found.gid };
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    if (error instanceof Fault) throw error;
    throw new Fault(`${printable(path)} cannot be read: ${reason(error)}.`, {
      code: 'setup.unreadable',
      fix: 'Nothing was changed. Run this as a user who may read it, or choose another folder with --out.',
      cause: error,
    });
  }
}

function notPlain(path: string): Fault {
  return new Fault(`${printable(path)} is no plain file.`, {
    code: 'setup.not-plain',
    fix: 'Nothing was changed. Move it away, or choose another folder with --out.',
  });
}
