import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Fault, reason } from '../errors.ts';
import { day } from './budget/limits.ts';
import { isoTime } from '../text/time.ts';
import { deskLayout } from './desk/layout.ts';
import { writeMarker } from './desk/marker.ts';
import { createTables, makeEmptyFile } from './desk/open-database.ts';
import { itself, tell } from './desk/story-table.ts';
import { makeDirectory, syncDirectory } from '../files/synced.ts';

export interface Recreation {
  /** Where the desk before it is now; absent when there was none. */
  readonly movedTo?: string;
  /** ISO 8601, UTC. */
  readonly spentUntil: string;
}

/**
 * Sets the desk aside as it is and makes a new one whose budget counts as spent for a day: nobody can tell what the
 * lost one has let go, so an accident must never be worth as much again. It is for the time when no sensor runs; one
 * that does notices, and sends nothing more.
 */
export function recreateBudget(
  dataDir: string,
  { now, newIdentity, by }: { readonly now: number; readonly newIdentity: () => string; readonly by: string },
): Recreation {
  const layout = deskLayout(dataDir);
  const spentUntil = now + day;
  const movedTo = existsSync(layout.directory) ? setAside(layout.directory, now) : undefined;
  makeDirectory(dataDir);
  syncDirectory(dataDir);
  makeEmptyFile(layout);
  const identity = newIdentity();
  const database = new DatabaseSync(layout.database);
  try {
    database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    createTables(database, identity, { spentUntil, doubtUntil: now });
    const why = `made anew by ${by}; ${movedTo ?? 'there was none before it'}`;
    tell(database, { at: now, what: 'desk created', who: itself, why });
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  // Last: until it names the new one, nothing is sent by either.
  writeMarker(layout, identity, now);
  return { ...(movedTo !== undefined && { movedTo }), spentUntil: isoTime(spentUntil) };
}

function setAside(directory: string, now: number): string {
  const stem = `${directory}.damaged-${isoTime(now).replaceAll(/[:.]/g, '-')}`;
  let target = stem;
  for (let count = 2; existsSync(target); count++) target = `${stem}-${count}`;
  try {
    renameSync(directory, target);
  } catch (error) {
    throw new Fault(`The desk ${directory} cannot be set aside: ${reason(error)}.`, {
      code: 'desk.aside',
      fix: `Move it to ${target} yourself, then try again.`,
      cause: error,
    });
  }
  return target;
}
