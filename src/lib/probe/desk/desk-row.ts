import type { DatabaseSync } from 'node:sqlite';
import { relayModes, type RelayMode } from '../relay-mode.ts';
import { DeskDamage } from './damage.ts';
import { sumOf } from './schema.ts';

/** What there is one of: which desk this is, and where its books stand. */
export interface DeskRow {
  /** Not another desk that was put in its place. */
  readonly identity: string;
  /** Under which mode the sensor was last started. */
  readonly mode: RelayMode;
  /** Captures from before this moment may have been on a desk that is lost. */
  readonly doubtUntil: number;
  /** Until then nothing is granted, because nobody can tell what else was attempted. */
  readonly spentUntil: number;
  /** The attempts are all the numbers from the first up to the next, without a gap. */
  readonly firstAttempt: number;
  readonly nextAttempt: number;
}

export function loadDeskRow(database: DatabaseSync): DeskRow {
  const row = database.prepare('SELECT * FROM desk').get() as unknown as (DeskRow & { sum: string }) | undefined;
  if (!row || row.sum !== sumOfRow(row)) throw new DeskDamage('the books of the budget are damaged');
  const { identity, mode, doubtUntil, spentUntil, firstAttempt, nextAttempt } = row;
  if (!relayModes.includes(mode)) throw new DeskDamage('the books of the budget name a mode that there is not');
  return { identity, mode, doubtUntil, spentUntil, firstAttempt, nextAttempt };
}

export function saveDeskRow(database: DatabaseSync, row: DeskRow): void {
  const { identity, mode, doubtUntil, spentUntil, firstAttempt, nextAttempt } = row;
  database
    .prepare('INSERT OR REPLACE INTO desk VALUES (1, ?, ?, ?, ?, ?, ?, ?)')
    .run(identity, mode, doubtUntil, spentUntil, firstAttempt, nextAttempt, sumOfRow(row));
}

function sumOfRow({ identity, mode, doubtUntil, spentUntil, firstAttempt, nextAttempt }: DeskRow): string {
  return sumOf(identity, mode, doubtUntil, spentUntil, firstAttempt, nextAttempt);
}
