import type { DatabaseSync } from 'node:sqlite';
import type { Probe } from '../probe.ts';
import { moveProbe } from './change.ts';
import { removeProbe, saveProbe, selectProbes } from './probe-table.ts';
import { forgetStory, itself, tell } from './story-table.ts';

/** How much the desk keeps. */
export interface Room {
  /** Probes that wait, and their bytes. */
  readonly most: number;
  readonly mostBytes: number;
  /** Milliseconds for which the bytes of a finished one stay. */
  readonly keepContent: number;
  /** Finished ones that are remembered at all. */
  readonly history: number;
}

const MiB = 2 ** 20;

export const usualRoom: Room = { most: 1_000, mostBytes: 256 * MiB, keepContent: 30 * 864e5, history: 100_000 };

const waiting = `state IN ('held', 'approved')`;

/** Lets the oldest go until what waits has room. What an operator or a mode has approved goes last. */
export function makeRoom(database: DatabaseSync, { most, mostBytes }: Room, now: number): Probe[] {
  const sql = `SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM probes WHERE ${waiting}`;
  let { count, bytes } = database.prepare(sql).get() as { count: number; bytes: number };
  const gone: Probe[] = [];
  while (count > most || bytes > mostBytes) {
    const [oldest] = selectProbes(database, `WHERE ${waiting} ORDER BY state = 'approved', heldAt, id LIMIT 1`);
    if (!oldest) break;
    const why =
      count > most
        ? `more than ${most} probes waited on the desk, and it was the oldest; the journal has it while it keeps it`
        : 'the probes on the desk had too many bytes, and it was the oldest; the journal has it while it keeps it';
    gone.push(moveProbe(database, { ...oldest, content: 'gone' }, { to: 'expired', who: 'bounds', why }, now));
    count--;
    bytes -= oldest.size;
  }
  return gone;
}

// A bound for one transaction; what is left is found the next time.
const atOnce = 500;

const finished = `state NOT IN ('held', 'approved', 'sending')`;

/** Finished probes whose bytes have been kept long enough. */
export function dropOldContent(database: DatabaseSync, { keepContent }: Room, now: number): string[] {
  const where = `WHERE content = 'kept' AND changedAt <= ? AND ${finished} LIMIT ?`;
  const old = selectProbes(database, where, now - keepContent, atOnce);
  for (const probe of old) {
    saveProbe(database, { ...probe, content: 'gone' });
    tell(database, { at: now, probe: probe.id, what: 'content removed', who: itself, why: 'it was kept long enough' });
  }
  return old.map(({ id }) => id);
}

/** The oldest finished ones beyond the bound, with their story. */
export function forgetOldest(database: DatabaseSync, { history }: Room): string[] {
  const sql = `SELECT count(*) AS count FROM probes WHERE ${finished}`;
  const { count } = database.prepare(sql).get() as { count: number };
  if (count <= history) return [];
  const where = `WHERE ${finished} ORDER BY changedAt, id LIMIT ?`;
  const ids = selectProbes(database, where, Math.min(count - history, atOnce)).map(({ id }) => id);
  for (const id of ids) {
    removeProbe(database, id);
    forgetStory(database, id);
  }
  return ids;
}
