import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { alignment, decodeHead, findMagic, headerLength, type RecordHeader, type SegmentMark } from './record.ts';

const chunkLength = 2 ** 20;
/** A begin record is far shorter. */
const beginLength = 4096;
const blank = Buffer.alloc(headerLength);

/** A record as it stands in a segment. The buffers are views of a chunk that is never written to again. */
export interface ScannedRecord {
  readonly header: RecordHeader;
  readonly offset: number;
  readonly meta: Buffer;
  readonly body: Buffer;
}

export type Scan =
  | { readonly state: 'record'; readonly record: ScannedRecord }
  /** The limit or the end of the file, exactly at the end of a record. */
  | { readonly state: 'end' }
  /** Preallocated and not yet written. */
  | { readonly state: 'blank' }
  | { readonly state: 'invalid'; readonly why: string };

/**
 * Reads one segment file from front to back in large steps. It reads synchronously: it serves the outputs' own thread,
 * recovery and reading commands, never the thread that talks to peers.
 */
export class SegmentScanner {
  readonly #file: number;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkOffset = 0;
  #mark: SegmentMark | undefined;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.at(0, Math.min(this.fileLength, beginLength));
    // What lies behind the begin record may be written at this very moment; nothing of it may stay in memory.
    this.#chunk = Buffer.alloc(0);
  }

  /** What ties records to this segment, from the first one that was found whole. */
  get mark(): SegmentMark | undefined {
    return this.#mark;
  }

  get fileLength(): number {
    return fstatSync(this.#file).size;
  }

  /** The record at `offset`, reading no further than `limit`. */
  at(offset: number, limit: number): Scan {
    if (offset >= limit) return { state: 'end' };
    this.#load(offset, headerLength, limit);
    if (this.#available(offset) === 0) return { state: 'end' };
    let within = offset - this.#chunkOffset;
    if (this.#chunk.subarray(within, within + headerLength).equals(blank)) return { state: 'blank' };
    for (;;) {
      const head = decodeHead(this.#chunk, within, this.#mark);
      if (head.state === 'invalid') return head;
      const need = head.state === 'short' ? head.need : head.header.length;
      if (this.#available(offset) >= need) {
        if (head.state === 'whole') return { state: 'record', record: this.#cut(head.header, offset) };
        return { state: 'invalid', why: 'the record is cut short' };
      }
      if (offset + need > limit) return { state: 'invalid', why: 'the record is cut short' };
      this.#load(offset, need, limit);
      if (this.#available(offset) < need) return { state: 'invalid', why: 'the record is cut short' };
      within = offset - this.#chunkOffset;
    }
  }

  /** The first place at or after `from` that holds a whole record of this segment. */
  findRecord(from: number, limit: number): ScannedRecord | undefined {
    for (let offset = from; offset < limit;) {
      this.#load(offset, headerLength, limit);
      const available = this.#available(offset);
      if (available === 0) return undefined;
      const found = findMagic(this.#chunk, offset - this.#chunkOffset);
      if (found < 0) {
        // Records begin at multiples of 8 and so does every chunk: no magic straddles two chunks.
        offset = Math.ceil((this.#chunkOffset + this.#chunk.length) / alignment) * alignment;
        continue;
      }
      const scan = this.at(this.#chunkOffset + found, limit);
      if (scan.state === 'record') return scan.record;
      offset = this.#chunkOffset + found + alignment;
    }
    return undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  #cut(header: RecordHeader, offset: number): ScannedRecord {
    this.#mark ??= { segment: header.segment, salt: Buffer.from(header.salt) };
    const meta = offset - this.#chunkOffset + headerLength;
    const body = meta + header.metaLength;
    return {
      header,
      offset,
      meta: this.#chunk.subarray(meta, body),
      body: this.#chunk.subarray(body, body + header.bodyLength),
    };
  }

  #available(offset: number): number {
    return this.#chunkOffset + this.#chunk.length - offset;
  }

  #load(offset: number, need: number, limit: number): void {
    const held = offset >= this.#chunkOffset && this.#available(offset) >= need;
    if (held) return;
    const wanted = Math.min(Math.max(need, chunkLength), limit - offset);
    const chunk = Buffer.allocUnsafeSlow(wanted);
    let length = 0;
    while (length < wanted) {
      const read = readSync(this.#file, chunk, length, wanted - length, offset + length);
      if (read === 0) break;
      length += read;
    }
    this.#chunk = chunk.subarray(0, length);
    this.#chunkOffset = offset;
  }
}
