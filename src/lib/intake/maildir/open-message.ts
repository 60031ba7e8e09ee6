import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { errno } from '../../errors.ts';
import { formatSize } from '../../text/units.ts';

/** A message that can be read, or why it cannot: it has gone since it was seen, or is none. */
export type Opened =
  | { readonly is: 'open'; readonly file: FileHandle; readonly size: number; readonly arrivedAt: string }
  | { readonly is: 'gone' }
  | { readonly is: 'none'; readonly why: string };

// A name in a maildir may belong to anything: a link that leads elsewhere, a pipe on which opening would wait for ever.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
// Whoever follows leaves no trace: some mail programs take a file that was read for mail that was.
const tracelessly = flags | constants.O_NOATIME;

const reasons: Readonly<Record<string, string>> = {
  ELOOP: 'it is a link, and links are not followed',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ENXIO: 'it is no file',
};

export async function openMessage(path: string, largest: number): Promise<Opened> {
  let file: FileHandle;
  try {
    file = await openTracelessly(path);
  } catch (error) {
    const code = errno(error) ?? '';
    if (code === 'ENOENT') return { is: 'gone' };
    const why = reasons[code];
    if (why === undefined) throw error;
    return { is: 'none', why };
  }
  const stats = await file.stat();
  const why = !stats.isFile() ? 'it is no file' : stats.size > largest ? tooLarge(stats.size, largest) : undefined;
  if (why === undefined) return { is: 'open', file, size: stats.size, arrivedAt: stats.mtime.toISOString() };
  await file.close();
  return { is: 'none', why };
}

function tooLarge(size: number, largest: number): string {
  return `it has ${formatSize(size)}, and ${formatSize(largest)} is the most`;
}

async function openTracelessly(path: string): Promise<FileHandle> {
  try {
    return await open(path, tracelessly);
  } catch (error) {
    // Only the owner of a file may ask for that.
    if (errno(error) !== 'EPERM') throw error;
    return open(path, flags);
  }
}
