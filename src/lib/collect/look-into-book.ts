import type { DatabaseSync } from 'node:sqlite';
import { readBookFile } from './book/open-book-file.ts';
import { stateOf, states, type State } from './book/states.ts';

/** How many messages of an account are known, by how far they are. */
export type Standing = Readonly<Record<State, number>>;

/** Looks into the book of a collector, which may be running. */
export class BookView {
  readonly #database: DatabaseSync | undefined;

  constructor(path: string) {
    this.#database = readBookFile(path);
  }

  standing(account: string): Standing {
    const counts = Object.fromEntries(Object.keys(states).map((state) => [state, 0])) as Record<State, number>;
    const rows = this.#database
      ?.prepare(
        `SELECT state, count(*) AS count FROM message JOIN place ON place.id = message.place
         WHERE account = ? GROUP BY state`,
      )
      .all(account);
    for (const { state, count } of (rows ?? []) as { state: number; count: number }[]) counts[stateOf(state)] += count;
    return counts;
  }

  close(): void {
    this.#database?.close();
  }
}
