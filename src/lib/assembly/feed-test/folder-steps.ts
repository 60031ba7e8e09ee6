import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { errno, reason } from '../../errors.ts';
import { makeDirectory, syncDirectory, writeContent } from '../../files/synced.ts';
import { formatSize } from '../../text/units.ts';
import { StepFault, type Examination } from '../steps/step.ts';

const little = 100 * 2 ** 20;

/** For outputs that write files. */
export function folderSteps(folder: string): Examination {
  return {
    steps: [
      { name: 'folder', needed: 'by the rest', run: async () => makeFolder(folder) },
      { name: 'write', needed: 'by the rest', run: async () => write(folder) },
      { name: 'room', needed: 'by itself', run: async () => room(folder) },
    ],
    close: () => undefined,
  };
}

function makeFolder(folder: string): string {
  try {
    makeDirectory(folder);
    return `${folder} is there`;
  } catch (error) {
    throw new StepFault(`${folder} cannot be made: ${reason(error)}`, fixFor(error), { cause: error });
  }
}

function write(folder: string): string {
  const path = join(folder, `.feed-test-${process.pid}`);
  try {
    writeContent(path, { kind: 'bytes', bytes: Buffer.from('written by spamtrap feed-test\n') });
    rmSync(path);
    syncDirectory(folder);
    return 'a file was written, synced and removed';
  } catch (error) {
    throw new StepFault(`nothing can be written to ${folder}: ${reason(error)}`, fixFor(error), { cause: error });
  }
}

function room(folder: string): string {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= little) return `${formatSize(free)} are free`;
  throw new StepFault(`only ${formatSize(free)} are free`, 'Make room, or let the output write elsewhere.');
}

function fixFor(error: unknown): string {
  switch (errno(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'Give the user that runs the sensor the right to write there.';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'Something that is no folder has its name. Choose another path.';
    case 'EROFS':
      return 'That file system is read-only. Choose another path, or mount it for writing.';
    case 'ENOSPC':
      return 'The disk is full. Make room.';
    default:
      return 'Choose another path for the output.';
  }
}
