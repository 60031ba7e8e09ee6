import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { errno } from '../../errors.ts';

/** Increased when what the files hold changes its meaning. */
export const stateVersion = 1;

export interface State {
  readonly version: typeof stateVersion;
}

/** Two lines of JSON: what is kept, and the checksum of the line above. What passes it is what was written. */
export class StateFile<Kept extends State> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Undefined when there is no such file. */
  read(): Kept | 'damaged' | undefined {
    try {
      return parse(readFileSync(this.path)) as Kept | 'damaged';
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** As read(), but what is damaged is put out of the way, for somebody to look at, and is no longer there. */
  take(): Kept | undefined {
    const kept = this.read();
    if (kept !== 'damaged') return kept;
    renameSync(this.path, `${this.path}.damaged`);
    return undefined;
  }

  /** Replaces the file, synced. Its new name is safe once the directory has been synced too. */
  write(kept: Kept): void {
    const line = Buffer.from(`${JSON.stringify(kept)}\n`);
    const bytes = Buffer.concat([line, Buffer.from(`${JSON.stringify({ crc32: crc32(line) })}\n`)]);
    const temporary = `${this.path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function parse(bytes: Buffer): State | 'damaged' {
  const line = bytes.subarray(0, bytes.indexOf(0x0a) + 1);
  try {
    const check = JSON.parse(bytes.toString('utf8', line.length)) as { crc32?: unknown } | null;
    if (check?.crc32 !== crc32(line)) return 'damaged';
    const state = JSON.parse(line.toString('utf8')) as State;
    return state.version === stateVersion ? state : 'damaged';
  } catch {
    return 'damaged';
  }
}
