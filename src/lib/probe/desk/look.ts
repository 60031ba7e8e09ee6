import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { Fault } from '../../errors.ts';
import { printableWithin } from '../../text/printable.ts';
import type { Probe, ProbeState } from '../probe.ts';
import { selectProbes } from './probe-table.ts';

export interface ProbeFilter {
  /** Absent means all. */
  readonly states?: readonly ProbeState[];
  readonly rule?: string;
  /** The newest so many; usually 1,000. */
  readonly most?: number;
}

/** In the order in which they came. */
export function listProbes(database: DatabaseSync, { states, rule, most = 1_000 }: ProbeFilter): Probe[] {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  if (states) {
    conditions.push(`state IN (${states.map(() => '?').join(', ')})`);
    values.push(...states);
  }
  if (rule !== undefined) {
    conditions.push(`json_extract(record, '$.rule') = ?`);
    values.push(rule);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return selectProbes(database, `${where} ORDER BY heldAt DESC, id DESC LIMIT ?`, ...values, most).toReversed();
}

/** What is finished, in the order in which that happened. */
export function finishedSince(database: DatabaseSync, since: number, most: number): Probe[] {
  const where = `WHERE changedAt >= ? AND state NOT IN ('held', 'approved', 'sending') ORDER BY changedAt DESC, id DESC`;
  return selectProbes(database, `${where} LIMIT ?`, since, most).toReversed();
}

/** The one probe whose id begins so. */
export function findProbe(database: DatabaseSync, idOrPrefix: string): Probe {
  const prefix = idOrPrefix.toUpperCase();
  const found = /^[0-9A-Z]{1,26}$/.test(prefix)
    ? selectProbes(database, `WHERE id >= ? AND id < ? ORDER BY id LIMIT 2`, prefix, `${prefix}~`)
    : [];
  const [probe, another] = found;
  if (probe && (!another || probe.id === prefix)) return probe;
  const shown = printableWithin(idOrPrefix, 60);
  if (!probe) {
    throw new Fault(`There is no probe ${shown} on the desk.`, {
      code: 'probe.unknown',
      fix: '"spamtrap probes list" shows those that wait, "spamtrap probes history" those that are finished.',
    });
  }
  throw new Fault(`More than one probe has an id that begins with ${shown}.`, {
    code: 'probe.ambiguous',
    fix: `Write more of it, e.g. ${probe.id}.`,
  });
}
