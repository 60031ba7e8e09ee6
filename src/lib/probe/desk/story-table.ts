import type { DatabaseSync } from 'node:sqlite';
import { isoTime } from '../../text/time.ts';
import { printable } from '../../text/printable.ts';
import type { StoryEntry, StoryEvent } from '../probe.ts';

/** Told of itself: what the program did without anybody having asked for it. */
export const itself = 'spamtrap';

export interface Telling {
  readonly at: number;
  readonly probe?: string;
  readonly what: StoryEvent;
  readonly who: string;
  readonly why: string;
}

export function tell(database: DatabaseSync, { at, probe, what, who, why }: Telling): void {
  database
    .prepare('INSERT INTO story (at, probe, what, who, why) VALUES (?, ?, ?, ?, ?)')
    .run(at, probe ?? null, what, printable(who), printable(why));
}

export function storyOf(database: DatabaseSync, probe: string): StoryEntry[] {
  return entries(database.prepare('SELECT * FROM story WHERE probe = ? ORDER BY number').all(probe));
}

/** What concerns no single probe, the newest last. */
export function storyOfDesk(database: DatabaseSync, most: number): StoryEntry[] {
  const statement = database.prepare('SELECT * FROM story WHERE probe IS NULL ORDER BY number DESC LIMIT ?');
  return entries(statement.all(most)).toReversed();
}

export function forgetStory(database: DatabaseSync, probe: string): void {
  database.prepare('DELETE FROM story WHERE probe = ?').run(probe);
}

type Row = Omit<StoryEntry, 'at' | 'probe'> & { readonly at: number; readonly probe: string | null };

function entries(rows: readonly unknown[]): StoryEntry[] {
  return (rows as Row[]).map(({ at, probe, what, who, why }) => ({
    at: isoTime(at),
    ...(probe !== null && { probe }),
    what,
    who,
    why,
  }));
}
