import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../errors.ts';

// <data dir>/journal/
//   0000000001.segment   records, oldest segment first
//   spare                a segment filled with zeros ahead of need
//   sides/ID             bodies too large for a segment; ID.part while they arrive
//   readers/NAME.json    where each reader stands, synced; NAME.position is the newer, unsynced word, and NAME.status
//                        tells how it is doing
//   damaged/             what repair and recovery cut out: never thrown away

export interface JournalLayout {
  readonly root: string;
  readonly sides: string;
  readonly readers: string;
  readonly damaged: string;
  readonly spare: string;
  segment(number: number): string;
}

export function journalLayout(dataDir: string): JournalLayout {
  const root = join(dataDir, 'journal');
  return {
    root,
    sides: join(root, 'sides'),
    readers: join(root, 'readers'),
    damaged: join(root, 'damaged'),
    spare: join(root, 'spare'),
    segment: (number) => join(root, `${String(number).padStart(10, '0')}.segment`),
  };
}

/** The numbers of the segments on disk, ascending. */
export function listSegments(layout: JournalLayout): number[] {
  return namesIn(layout.root)
    .map((name) => /^(\d{10})\.segment$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}
