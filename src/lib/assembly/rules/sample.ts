import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Content } from '../../capture/capture.ts';
import { type MessageSample, sampleSizes } from '../../mime/message-view.ts';

/** The ends of a message that lies in memory. */
export function sampleOf(bytes: Buffer): MessageSample {
  const { head, tail } = sampleSizes;
  return { head: bytes.subarray(0, head), tail: bytes.subarray(Math.max(0, bytes.length - tail)), size: bytes.length };
}

/** The ends of a message in a file, from the place where it begins. */
export function sampleOfFile(path: string, startOf: (head: Buffer, size: number) => number = () => 0): MessageSample {
  const file = openSync(path, 'r');
  try {
    const whole = fstatSync(file).size;
    const begin = read(file, 0, Math.min(whole, sampleSizes.head));
    const start = startOf(begin, whole);
    const size = whole - start;
    const tailSize = Math.min(size, sampleSizes.tail);
    return { head: begin.subarray(start), tail: read(file, whole - tailSize, tailSize), size };
  } finally {
    closeSync(file);
  }
}

export function sampleOfContent(content: Content): MessageSample {
  return content.kind === 'bytes' ? sampleOf(content.bytes) : sampleOfFile(content.path);
}

function read(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, bytes, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
