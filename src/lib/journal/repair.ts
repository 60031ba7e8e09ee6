import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createIdSource } from '../capture/id.ts';
import type { JournalLayout } from './layout.ts';
import { alignment, encodeHead, headerLength, saltLength, type SegmentMark } from './record.ts';
import { SegmentScanner } from './scan.ts';
import { verifyJournal, type Damage } from './verify.ts';

export interface Repaired extends Damage {
  /** Where the damaged bytes were put. */
  readonly savedAs: string;
}

/**
 * Sets the damaged bytes aside and puts a gap record in their place, so that readers pass from the last whole record
 * before to the first whole one behind. Whole records are not touched.
 */
export async function* repairJournal(layout: JournalLayout): AsyncGenerator<Repaired> {
  for await (const { damages } of verifyJournal(layout)) {
    for (const damage of damages) yield repairOne(layout, damage);
  }
}

function repairOne(layout: JournalLayout, damage: Damage): Repaired {
  const savedAs = join(layout.damaged, `${damage.segment}-${damage.from}.bytes`);
  mkdirSync(layout.damaged, { recursive: true, mode: 0o700 });
  const file = openSync(layout.segment(damage.segment), 'r+');
  try {
    writeSynced(savedAs, readRange(file, damage.from, damage.to));
    const gap = gapRecord(damage, markOf(layout, damage.segment));
    writeSync(file, gap, 0, gap.length, damage.from);
    // Where the end of a segment is missing, the gap gives it its length back.
    if (fstatSync(file).size < damage.to) ftruncateSync(file, damage.to);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { ...damage, savedAs };
}

function gapRecord({ from, to }: Damage, mark: SegmentMark): Buffer {
  const meta = '{}';
  // What follows the head is the gap's body, whatever it holds; no reader looks at it.
  const bodyLength = Math.ceil((to - from) / alignment) * alignment - headerLength - meta.length;
  const id = createIdSource(Date.now, () => 0).next();
  return encodeHead('gap', id, meta, bodyLength, { ...mark, synced: 0 });
}

function markOf(layout: JournalLayout, segment: number): SegmentMark {
  const scanner = new SegmentScanner(layout.segment(segment));
  try {
    return (
      scanner.mark ?? scanner.findRecord(0, scanner.fileLength)?.header ?? { segment, salt: randomBytes(saltLength) }
    );
  } finally {
    scanner.close();
  }
}

function readRange(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  const length = readSync(file, bytes, 0, bytes.length, from);
  return bytes.subarray(0, length);
}

function writeSynced(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w', 0o600);
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
}
