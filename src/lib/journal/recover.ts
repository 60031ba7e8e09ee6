import { closeSync, fsyncSync, mkdirSync, openSync, readSync, rmSync, writeSync, ftruncateSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../errors.ts';
import type { Id } from '../capture/id.ts';
import { bodyFault } from './body.ts';
import { listSegments, namesIn, type JournalLayout } from './layout.ts';
import type { SegmentMark } from './record.ts';
import { SegmentScanner } from './scan.ts';

export interface Recovery {
  /** Where writing goes on; undefined for a journal without segments. */
  readonly end: (SegmentMark & { readonly offset: number }) | undefined;
  /** The newest id in the last segment; every new id must sort after it. */
  readonly lastId: Id | undefined;
  /** Bytes behind the last whole record that were cut off (and kept in `damaged/`). */
  readonly cutBytes: number;
}

/**
 * Makes the last segment end at its last whole record. What was never synced may be torn and is cut; damage before
 * the last sync is something that happened to kept evidence, and only the operator may decide about that.
 */
export function recover(layout: JournalLayout): Recovery {
  removeUnfinished(layout);
  const segment = lastLiveSegment(layout);
  if (segment === undefined) return { end: undefined, lastId: undefined, cutBytes: 0 };
  const path = layout.segment(segment);
  const scanner = new SegmentScanner(path);
  try {
    const limit = scanner.fileLength;
    const walk = walkWhole(scanner, limit);
    const synced = highestSynced(scanner, walk.end, limit);
    if (synced > walk.end) throw damaged(segment, walk.end, walk.why);
    const cutBytes = cutTail(layout, path, segment, walk.end);
    return { end: { segment, salt: scanner.mark!.salt, offset: walk.end }, lastId: walk.lastId, cutBytes };
  } finally {
    scanner.close();
  }
}

export function damaged(segment: number, offset: number, why: string): Fault {
  return new Fault(`The journal is damaged in segment ${segment} at byte ${offset}: ${why}.`, {
    code: 'journal.damaged',
    fix:
      'Nothing was changed. "spamtrap journal verify" shows all damage; "spamtrap journal repair" sets the damaged ' +
      'bytes aside and keeps every whole record.',
  });
}

// A crash can leave a segment that was created but never begun; nothing was ever acknowledged from it.
function lastLiveSegment(layout: JournalLayout): number | undefined {
  for (const segment of listSegments(layout).toReversed()) {
    const scanner = new SegmentScanner(layout.segment(segment));
    try {
      if (scanner.mark !== undefined) return segment;
      if (scanner.findRecord(0, scanner.fileLength)) throw damaged(segment, 0, 'its first record is not readable');
    } finally {
      scanner.close();
    }
    rmSync(layout.segment(segment));
  }
  return undefined;
}

function walkWhole(scanner: SegmentScanner, limit: number): { end: number; lastId: Id | undefined; why: string } {
  let end = 0;
  let lastId: Id | undefined;
  for (;;) {
    const scan = scanner.at(end, limit);
    if (scan.state === 'invalid') return { end, lastId, why: scan.why };
    if (scan.state !== 'record') return { end, lastId, why: 'a record is missing' };
    const fault = bodyFault(scan.record);
    if (fault) return { end, lastId, why: fault };
    const { id, length } = scan.record.header;
    if (lastId === undefined || id > lastId) lastId = id;
    end += length;
  }
}

// Each record says how far the segment was synced when it was written: whole records behind a torn place prove
// whether that place had ever been acknowledged.
function highestSynced(scanner: SegmentScanner, from: number, limit: number): number {
  let highest = 0;
  for (let at = from; ;) {
    const record = scanner.findRecord(at, limit);
    if (record === undefined) return highest;
    highest = Math.max(highest, record.header.synced);
    at = record.offset + record.header.length;
  }
}

function cutTail(layout: JournalLayout, path: string, segment: number, end: number): number {
  const file = openSync(path, 'r+');
  try {
    const cut = keepTail(layout, file, segment, end);
    ftruncateSync(file, end);
    fsyncSync(file);
    return cut;
  } finally {
    closeSync(file);
  }
}

function keepTail(layout: JournalLayout, file: number, segment: number, end: number): number {
  const chunk = Buffer.alloc(2 ** 20);
  let kept: number | undefined;
  let keptBytes = 0;
  try {
    for (let at = end; ;) {
      const length = readSync(file, chunk, 0, chunk.length, at);
      if (length === 0) return keptBytes;
      const used = lengthWithoutZeros(chunk.subarray(0, length));
      if (used > 0) {
        kept ??= openTailFile(layout, segment, end);
        writeSync(kept, chunk, 0, used, at - end);
        keptBytes = at - end + used;
      }
      at += length;
    }
  } finally {
    if (kept !== undefined) closeSync(kept);
  }
}

function openTailFile(layout: JournalLayout, segment: number, end: number): number {
  mkdirSync(layout.damaged, { recursive: true, mode: 0o700 });
  return openSync(join(layout.damaged, `${segment}-${end}.tail`), 'w', 0o600);
}

function lengthWithoutZeros(bytes: Buffer): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}

function removeUnfinished(layout: JournalLayout): void {
  rmSync(layout.spare, { force: true });
  for (const name of namesIn(layout.sides)) {
    if (name.endsWith('.part')) rmSync(join(layout.sides, name), { force: true });
  }
}
