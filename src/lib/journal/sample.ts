/** The beginning and the end of a message; they are the whole of it when it is short. */
export interface ContentSample {
  readonly head: Buffer;
  /** What comes last, without what the head has already. */
  readonly tail: Buffer;
  readonly size: number;
}

export interface SampleSize {
  readonly head: number;
  readonly tail: number;
}

export function sampleOf(chunks: readonly Buffer[], size: number, most: SampleSize): ContentSample {
  if (size <= most.head + most.tail) {
    return { head: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), tail: Buffer.alloc(0), size };
  }
  const head = Buffer.concat(chunksWithin(chunks, 0, most.head));
  return { head, tail: Buffer.concat(chunksWithin(chunks, size - most.tail, size)), size };
}

function chunksWithin(chunks: readonly Buffer[], from: number, to: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const chunk of chunks) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, chunk.length)];
    if (end > start) found.push(chunk.subarray(start, end));
    at += chunk.length;
  }
  return found;
}
