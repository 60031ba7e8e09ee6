import { createReadStream, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { bodyFault, type CaptureMeta } from './body.ts';
import { readBegin } from './begin.ts';
import { listSegments, type JournalLayout } from './layout.ts';
import { SegmentScanner, type ScannedRecord } from './scan.ts';
import { sidePath } from './side.ts';

export interface Damage {
  readonly segment: number;
  readonly from: number;
  /** Where the next whole record, or the end, stands. */
  readonly to: number;
  readonly why: string;
}

export interface SegmentReport {
  readonly segment: number;
  readonly bytes: number;
  readonly captures: number;
  readonly sessions: number;
  readonly damages: readonly Damage[];
  /** Captures whose side file is missing or has other bytes: repair cannot help them. */
  readonly lostSides: readonly string[];
}

/** Reads every byte of the journal and compares it with its checksums, one segment after the other. */
export async function* verifyJournal(layout: JournalLayout): AsyncGenerator<SegmentReport> {
  const segments = listSegments(layout);
  for (const [index, segment] of segments.entries()) {
    yield await verifySegment(layout, segment, segments[index + 1]);
  }
}

async function verifySegment(
  layout: JournalLayout,
  segment: number,
  following: number | undefined,
): Promise<SegmentReport> {
  const scanner = new SegmentScanner(layout.segment(segment));
  try {
    const previous = following === undefined ? undefined : readBegin(layout.segment(following))?.previous;
    const sealed = previous?.segment === segment ? previous.offset : undefined;
    // A file that is shorter than its segment was is damaged at its end.
    const limit = sealed ?? scanner.fileLength;
    const counts = { captures: 0, sessions: 0 };
    const lostSides: string[] = [];
    const suspects: Damage[] = [];
    let synced = sealed ?? (following === undefined ? 0 : limit);
    let offset = 0;
    while (offset < limit) {
      const record = wholeRecord(scanner, offset, limit);
      if (typeof record === 'string') {
        const to = nextWhole(scanner, offset, limit)?.offset ?? limit;
        suspects.push({ segment, from: offset, to, why: record });
        offset = to;
        continue;
      }
      synced = Math.max(synced, record.header.synced);
      offset += record.header.length;
      if (record.header.kind === 'session') counts.sessions++;
      if (record.header.kind !== 'capture') continue;
      counts.captures++;
      if (!(await hasItsSide(layout, record))) lostSides.push(record.header.id);
    }
    // Behind the last sync there may be anything: nobody was promised those bytes.
    const damages = suspects.filter(({ from }) => from < synced);
    return { segment, bytes: scanner.fileLength, ...counts, damages, lostSides };
  } finally {
    scanner.close();
  }
}

function wholeRecord(scanner: SegmentScanner, offset: number, limit: number): ScannedRecord | string {
  const scan = scanner.at(offset, limit);
  if (scan.state === 'record') return bodyFault(scan.record) ?? scan.record;
  return scan.state === 'invalid' ? scan.why : 'a record is missing';
}

/** The next record behind `offset` whose checksum and body are right. */
function nextWhole(scanner: SegmentScanner, offset: number, limit: number): ScannedRecord | undefined {
  for (let from = offset + 8; ;) {
    const record = scanner.findRecord(from, limit);
    if (record === undefined || bodyFault(record) === undefined) return record;
    from = record.offset + 8;
  }
}

async function hasItsSide(layout: JournalLayout, { meta }: ScannedRecord): Promise<boolean> {
  const { side, sha256 } = JSON.parse(meta.toString('utf8')) as CaptureMeta;
  if (side === undefined) return true;
  const path = sidePath(layout, side);
  if (!existsSync(path)) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') === sha256;
}
