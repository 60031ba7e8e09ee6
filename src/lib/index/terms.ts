import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { firstTermOf, lastTermOf, termKinds, type TermKind } from './schema.ts';
import { addressNumber, foldedFor, kept } from './searched.ts';

/** Spam repeats itself: most terms were mentioned a moment ago. */
const mostRemembered = 50_000;

/** The numbers of terms; what is new gets one. */
export class Terms {
  readonly #remembered = new Map<string, number>();
  readonly #find: StatementSync;
  readonly #last: StatementSync;
  readonly #insert: StatementSync;
  readonly #next = new Map<TermKind, number>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT term FROM terms WHERE kind = ? AND value = ?');
    this.#last = database.prepare('SELECT max(term) AS last FROM terms WHERE term BETWEEN ? AND ?');
    this.#insert = database.prepare('INSERT INTO terms VALUES (?, ?, ?, ?)');
  }

  numberOf(kind: TermKind, text: string): number {
    const value = kept(text);
    const key = `${termKinds[kind]} ${value}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const found = this.#find.get(termKinds[kind], value)?.['term'];
    const number = found === undefined ? this.#add(kind, value) : Number(found);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(key, number);
    return number;
  }

  /** What was remembered of a transaction that did not come to be is wrong. */
  forget(): void {
    this.#remembered.clear();
    this.#next.clear();
  }

  #add(kind: TermKind, value: string): number {
    const number = this.#next.get(kind) ?? this.#nextOf(kind);
    const folded = kind === 'peer' ? addressNumber(value) : foldedFor(value);
    this.#insert.run(number, termKinds[kind], value, folded);
    this.#next.set(kind, number + 1);
    return number;
  }

  #nextOf(kind: TermKind): number {
    const last = this.#last.get(firstTermOf(kind), lastTermOf(kind))?.['last'];
    return last === null || last === undefined ? firstTermOf(kind) : Number(last) + 1;
  }
}
