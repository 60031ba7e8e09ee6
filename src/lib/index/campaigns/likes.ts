import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { likeness, rowsOf, type Fingerprint } from '../../likeness/fingerprint.ts';
import { bytesOf, printIn } from './decisions.ts';

/** A fingerprint by which a campaign is known. */
export interface Like {
  readonly campaign: number;
  readonly isFounder: boolean;
  readonly print: Fingerprint;
}

export interface Nearest extends Like {
  readonly likeness: number;
}

/** So many fingerprints are looked at that share a row: a row that everybody has says nothing. */
const mostOfRow = 64;
const mostCompared = 40;
const mostRemembered = 20_000;

/** The fingerprints of all campaigns, found by what they are like. */
export class Likes {
  readonly #inRow: StatementSync;
  readonly #print: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertRow: StatementSync;
  readonly #remembered = new Map<number, Like>();

  constructor(database: DatabaseSync) {
    this.#inRow = database.prepare(`SELECT likeness FROM likeRows WHERE row = ? ORDER BY likeness LIMIT ${mostOfRow}`);
    this.#print = database.prepare('SELECT campaign, founder, print FROM likes WHERE likeness = ?');
    this.#insert = database.prepare('INSERT INTO likes (campaign, founder, print) VALUES (?, ?, ?)');
    this.#insertRow = database.prepare('INSERT OR IGNORE INTO likeRows VALUES (?, ?)');
  }

  nearest(print: Fingerprint): Nearest | undefined {
    let best: Nearest | undefined;
    for (const number of this.#candidates(print)) {
      const like = this.#like(number);
      if (like === undefined) continue;
      const shared = likeness(like.print, print);
      if (best === undefined || shared > best.likeness) best = { ...like, likeness: shared };
    }
    return best;
  }

  add({ campaign, isFounder, print }: Like): void {
    const number = Number(this.#insert.run(campaign, isFounder ? 1 : 0, bytesOf(print)).lastInsertRowid);
    for (const row of rowsOf(print)) this.#insertRow.run(row, number);
  }

  /** Somebody else changed what belongs to whom. */
  forget(): void {
    this.#remembered.clear();
  }

  /** Those that share the most rows first. */
  #candidates(print: Fingerprint): readonly number[] {
    const shared = new Map<number, number>();
    for (const row of rowsOf(print)) {
      for (const found of this.#inRow.all(row)) {
        const number = Number(found['likeness']);
        shared.set(number, (shared.get(number) ?? 0) + 1);
      }
    }
    const numbers = [...shared.keys()];
    if (numbers.length <= mostCompared) return numbers;
    return numbers.sort((one, other) => shared.get(other)! - shared.get(one)!).slice(0, mostCompared);
  }

  #like(number: number): Like | undefined {
    const known = this.#remembered.get(number);
    if (known) return known;
    const row = this.#print.get(number);
    if (row === undefined) return undefined;
    const like = {
      campaign: Number(row['campaign']),
      isFounder: row['founder'] === 1,
      print: printIn(row['print'] as Uint8Array),
    };
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(number, like);
    return like;
  }
}
