import type { DatabaseSync } from 'node:sqlite';
import type { JournalPlace } from './record.ts';

/** How far the index has come. */
export interface Progress extends JournalPlace {
  /** How many entries it ever took. */
  readonly entries: number;
  /** Up to when changes on the probe desk are known. */
  readonly probesTo: number;
  /** Up to which judgement those of others are known. */
  readonly judgedTo: number;
  /** When it was last asked what is too old. */
  readonly expiredAt: number;
}

export function progressOf(database: DatabaseSync): Progress {
  return database
    .prepare('SELECT segment, offset, mark, entries, probesTo, judgedTo, expiredAt FROM progress')
    .get() as unknown as Progress;
}
