import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errors.ts';
import { readBegin } from './begin.ts';
import { readRegistrations, type Registration } from './cursor.ts';
import { listSegments, namesIn, type JournalLayout } from './layout.ts';
import type { Notify } from './notice.ts';
import { isBefore, type Position } from './position.ts';

export interface Retain {
  readonly age: number;
  readonly size: number;
}

interface SegmentState {
  readonly segment: number;
  readonly bytes: number;
  readonly changedAt: number;
}

/** The bytes that segments and side files take. */
export async function measureJournal(layout: JournalLayout): Promise<number> {
  const segments = await segmentStates(layout);
  const sides = await Promise.all(namesIn(layout.sides).map((name) => fileState(join(layout.sides, name))));
  return [...segments, ...sides].reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
}

/**
 * Removes the oldest segments that every reader has passed and whose time (age or bytes, whichever is first) is over.
 * The word of the readers is what they have synced to disk, so that one that comes back after a power failure still
 * finds what it had not yet made safe.
 */
export async function removeOldSegments(
  layout: JournalLayout,
  retain: Retain,
  tail: Position,
  now: number,
  notify: Notify,
): Promise<void> {
  const states = await segmentStates(layout);
  const readers = readRegistrations(layout);
  let total = await measureJournal(layout);
  for (const { segment, bytes, changedAt } of states) {
    if (segment >= tail.segment) return;
    const isOver = now - changedAt > retain.age || total > retain.size;
    if (!isOver || readers.some((reader) => holds(reader, segment, tail, states))) return;
    await rm(layout.segment(segment));
    total -= bytes;
    notify({ event: 'journal.removed', segment, bytes });
    await removeOldSides(layout, segment + 1);
  }
}

function holds(reader: Registration, segment: number, tail: Position, states: readonly SegmentState[]): boolean {
  if (!isBefore(reader.checkpoint.position, { segment: segment + 1, offset: 0 })) return false;
  if (reader.whenBehind === 'hold') return true;
  return bytesBehind(segment, tail, states) <= reader.maxLag;
}

function bytesBehind(segment: number, tail: Position, states: readonly SegmentState[]): number {
  const between = states.filter((state) => state.segment >= segment && state.segment < tail.segment);
  return between.reduce((sum, state) => sum + state.bytes, tail.offset);
}

async function removeOldSides(layout: JournalLayout, oldestSegment: number): Promise<void> {
  const oldest = readBegin(layout.segment(oldestSegment))?.oldestSide;
  if (oldest === undefined) return;
  for (const name of namesIn(layout.sides)) {
    if (name < oldest) await rm(join(layout.sides, name), { force: true });
  }
}

async function segmentStates(layout: JournalLayout): Promise<SegmentState[]> {
  const states = await Promise.all(
    listSegments(layout).map(async (segment) => {
      const state = await fileState(layout.segment(segment));
      return state && { segment, ...state };
    }),
  );
  return states.filter((state) => state !== undefined);
}

async function fileState(path: string): Promise<{ bytes: number; changedAt: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, changedAt: mtimeMs };
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}
