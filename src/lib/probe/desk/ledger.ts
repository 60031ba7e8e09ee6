import type { DatabaseSync } from 'node:sqlite';
import { day, hour, type Attempt } from '../budget/limits.ts';
import type { Books } from '../budget/weigh.ts';
import { DeskDamage } from './damage.ts';
import { loadDeskRow, saveDeskRow } from './desk-row.ts';
import { sumOf } from './schema.ts';

// Longer than any window, so that what is forgotten counts for nothing any more.
const remembered = day + hour;

/** Everything that was attempted and still counts, or damage: each attempt is there, and as it was written. */
export function readBooks(database: DatabaseSync): Books {
  const { spentUntil, firstAttempt, nextAttempt } = loadDeskRow(database);
  const rows = database.prepare('SELECT number, record, sum FROM attempts ORDER BY number').all() as unknown as Row[];
  if (rows.length !== nextAttempt - firstAttempt) throw new DeskDamage('attempts are missing from the budget');
  const attempts = rows.map(({ number, record, sum }, index) => {
    if (number !== firstAttempt + index || sum !== sumOf(number, record)) {
      throw new DeskDamage('the attempts in the budget are damaged');
    }
    return JSON.parse(record) as Attempt;
  });
  return { attempts, spentUntil };
}

/** Writes the attempts down and returns the number of the first, by which this reservation is known. */
export function recordAttempts(database: DatabaseSync, attempts: readonly Attempt[], now: number): number {
  forgetOld(database, now);
  const row = loadDeskRow(database);
  const insert = database.prepare('INSERT INTO attempts VALUES (?, ?, ?)');
  for (const [index, attempt] of attempts.entries()) {
    const number = row.nextAttempt + index;
    const record = JSON.stringify(attempt);
    insert.run(number, record, sumOf(number, record));
  }
  saveDeskRow(database, { ...row, nextAttempt: row.nextAttempt + attempts.length });
  return row.nextAttempt;
}

interface Row {
  readonly number: number;
  readonly record: string;
  readonly sum: string;
}

// A clock that is set back into a day of which something is forgotten finds that day spent.
function forgetOld(database: DatabaseSync, now: number): void {
  const { attempts } = readBooks(database);
  const young = attempts.findIndex(({ at }) => at > now - remembered);
  const old = young < 0 ? attempts : attempts.slice(0, young);
  if (old.length === 0) return;
  const row = loadDeskRow(database);
  const firstAttempt = row.firstAttempt + old.length;
  database.prepare('DELETE FROM attempts WHERE number < ?').run(firstAttempt);
  const spentUntil = Math.max(row.spentUntil, ...old.map(({ at }) => at + day));
  saveDeskRow(database, { ...row, firstAttempt, spentUntil });
}
