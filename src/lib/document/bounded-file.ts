import { closeSync, openSync, readSync } from 'node:fs';

/** The bytes of a file, or undefined when it holds more than that; its stated size is not trusted (`/dev/zero`: 0). */
export function readBounded(path: string, mostBytes: number): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(mostBytes + 1);
    let filled = 0;
    let count: number;
    do {
      count = readSync(file, bytes, filled, bytes.length - filled, null);
      filled += count;
    } while (count > 0 && filled < bytes.length);
    return filled > mostBytes ? undefined : bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}
