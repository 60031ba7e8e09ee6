import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './captures.ts';

/** One file of a maildir, read without the help of the code that wrote it. */
export interface StoredMail {
  readonly id: string;
  readonly path: string;
  /** As many of its last bytes as it says are the sender's. */
  readonly content: Buffer;
  /** Whether it is as long as it says, and the sender's bytes have the hash that it names. */
  readonly isWhole: boolean;
}

export interface StoredRecord {
  readonly id: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

const lastTraceLine = /^X-Spamtrap-Sha256: ([0-9a-f]{64}) of the last (\d+) bytes\r\n/m;

export function mailIn(maildir: string, parts: readonly string[] = ['new', 'cur']): StoredMail[] {
  return parts.flatMap((part) => {
    const folder = join(maildir, part);
    return readdirSync(folder)
      .sort()
      .map((name) => readMail(join(folder, name)));
  });
}

function readMail(path: string): StoredMail {
  const bytes = readFileSync(path);
  const text = bytes.toString('latin1');
  const trace = lastTraceLine.exec(text);
  if (!trace) return { id: '', path, content: bytes, isWhole: false };
  const [line, hash, digits] = trace;
  const size = Number(digits);
  const content = bytes.subarray(bytes.length - size);
  const isWhole = trace.index + line.length + size === bytes.length && sha256(content) === hash;
  return { id: /^X-Spamtrap-Id: (\S+)\r$/m.exec(text)?.[1] ?? '', path, content, isWhole };
}

/** Every record of every file. A line that is no record throws, as it would for any other reader. */
export function recordsIn(directory: string): StoredRecord[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const lines = readFileSync(join(directory, name), 'utf8').split('\n');
      if (lines.pop() !== '') throw new Error(`${name} does not end with a whole line`);
      return lines.map((line) => {
        const record = JSON.parse(line) as { id: string; sha256: string; msg: string; enc?: 'latin1' | 'base64' };
        return { id: record.id, sha256: record.sha256, bytes: Buffer.from(record.msg, record.enc ?? 'utf8') };
      });
    });
}
