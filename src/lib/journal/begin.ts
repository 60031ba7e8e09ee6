import type { Id } from '../capture/id.ts';
import { SegmentScanner, type ScannedRecord } from './scan.ts';
import type { Position } from './position.ts';

/** The first record of each segment. */
export interface BeginMeta {
  readonly created: string;
  /** Where the segment before ends. What lies behind that was refused to its sender and is no part of the journal. */
  readonly previous?: Position;
  /** Side files older than this belong to earlier segments only. */
  readonly oldestSide: Id;
}

export function parseBegin(record: ScannedRecord): BeginMeta {
  return JSON.parse(record.meta.toString('utf8')) as BeginMeta;
}

/** The begin record of a segment file, or undefined when the segment never came to life. */
export function readBegin(path: string): BeginMeta | undefined {
  const scanner = new SegmentScanner(path);
  try {
    const scan = scanner.at(0, scanner.fileLength);
    return scan.state === 'record' && scan.record.header.kind === 'begin' ? parseBegin(scan.record) : undefined;
  } finally {
    scanner.close();
  }
}

/** The id with which a segment begins. */
export function firstId(path: string): Id | undefined {
  const scanner = new SegmentScanner(path);
  try {
    const scan = scanner.at(0, scanner.fileLength);
    return scan.state === 'record' ? scan.record.header.id : undefined;
  } finally {
    scanner.close();
  }
}
