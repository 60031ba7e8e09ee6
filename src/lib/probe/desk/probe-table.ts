import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Probe, ProbeState } from '../probe.ts';
import { DeskDamage } from './damage.ts';
import { sumOf } from './schema.ts';

interface Row {
  readonly id: string;
  readonly record: string;
  readonly sum: string;
}

export function hasProbe(database: DatabaseSync, id: string): boolean {
  return database.prepare('SELECT 1 FROM probes WHERE id = ?').get(id) !== undefined;
}

export function loadProbe(database: DatabaseSync, id: string): Probe | undefined {
  return selectProbes(database, 'WHERE id = ?', id)[0];
}

/** The columns beside the record are there to be searched by; what is believed is the record. */
export function saveProbe(database: DatabaseSync, probe: Probe): void {
  const { id, state, heldAt, changedAt, size, content } = probe;
  const record = JSON.stringify(probe);
  database
    .prepare('INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(id, state, Date.parse(heldAt), Date.parse(changedAt), size, content, record, sumOf(id, record));
}

export function removeProbe(database: DatabaseSync, id: string): void {
  database.prepare('DELETE FROM probes WHERE id = ?').run(id);
}

/** The first approved is the next to go out. */
export function nextApproved(database: DatabaseSync): Probe | undefined {
  return selectProbes(database, `WHERE state = 'approved' ORDER BY changedAt, id LIMIT 1`)[0];
}

export function probesIn(database: DatabaseSync, state: ProbeState): Probe[] {
  return selectProbes(database, 'WHERE state = ? ORDER BY heldAt, id', state);
}

export function selectProbes(database: DatabaseSync, where: string, ...values: SQLInputValue[]): Probe[] {
  const rows = database.prepare(`SELECT id, record, sum FROM probes ${where}`).all(...values);
  return (rows as unknown as Row[]).map(readRow);
}

function readRow({ id, record, sum }: Row): Probe {
  if (sum !== sumOf(id, record)) throw new DeskDamage(`what the desk says of probe ${id} is damaged`);
  return JSON.parse(record) as Probe;
}
