import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SourceKey } from '../../capture/capture.ts';
import type { Id } from '../../capture/id.ts';
import type { Position } from '../../journal/position.ts';
import { stateOf, states, type State } from './states.ts';
import { openBookFile } from './open-book-file.ts';

/** A folder under one numbering of its messages. */
export interface Place {
  readonly id: number;
  readonly account: string;
  readonly folder: string;
  /** Empty where the server makes no promise; then a uid proves nothing. */
  readonly uidValidity: string;
  /** Whether messages of this folder are known under another numbering, or a uid proves nothing. */
  readonly compares: boolean;
}

export interface KeptMessage {
  readonly id: Id;
  readonly sha256: string;
  readonly size: number;
}

/** Messages of one place, by uid. */
export interface Listed {
  readonly place: Place;
  readonly uids: readonly string[];
}

/** What of all accounts is where. */
export type Standing = Readonly<Record<State, number>>;

/** What is long gone from the server does not come back under the same uid. */
const rememberGone = 30;

/**
 * Which messages of which mailboxes were collected, and how far each is. All of it follows from the journal, up to
 * the place that it remembers: a book that is lost is written anew, at the price of doing again what does no harm
 * when it is done twice.
 */
export class Book {
  /** Why an earlier book could not be used. */
  readonly fault: string | undefined;
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #places = new Map<string, Place>();
  readonly #placeOf = new Map<number, Place>();
  readonly #today: () => number;
  #isOpen = false;

  constructor(path: string, now: () => number) {
    const { database, fault } = openBookFile(path);
    this.fault = fault;
    this.#database = database;
    this.#statements = prepare(database);
    this.#today = () => Math.floor(now() / 86_400_000);
    for (const row of this.#statements.places.all() as unknown as PlaceRow[]) this.#knowPlace(row);
    if ([...this.#places.values()].some(({ compares }) => compares)) this.#indexContent();
  }

  /** Up to where in the journal everything is in here. */
  get reached(): Position {
    const { segment, at } = this.#statements.reached.get() as { segment: number; at: number };
    return { segment, offset: at };
  }

  place({ account, folder, uidValidity }: Omit<SourceKey, 'uid'>): Place {
    const known = this.#places.get(placeKey(account, folder, uidValidity));
    if (known) return known;
    this.#begin();
    const { lastInsertRowid } = this.#statements.addPlace.run(account, folder, uidValidity);
    const place = this.#knowPlace({ id: Number(lastInsertRowid), account, folder, validity: uidValidity });
    if (place.compares) this.#indexContent();
    return place;
  }

  /** Another numbering of the same folder, the last one that was known. */
  formerValidity({ id, account, folder }: Place): string | undefined {
    const others = [...this.#places.values()].filter((other) => other.account === account && other.folder === folder);
    return others.filter((other) => other.id < id).at(-1)?.uidValidity;
  }

  /** Whether nothing is to be fetched for this uid, when messages up to a size are wanted. */
  isKnown({ id, uidValidity }: Place, uid: string, largest: number): boolean {
    if (uidValidity === '') return false;
    const row = this.#statements.one.get(id, uid) as { state: number; size: number } | undefined;
    return row !== undefined && !(row.state === states.tooLarge && row.size <= largest);
  }

  /** Whether nothing is left to be done with it. */
  isDone({ id, uidValidity }: Place, uid: string): boolean {
    if (uidValidity === '') return false;
    const row = this.#statements.one.get(id, uid) as { state: number } | undefined;
    return row?.state === states.done || row?.state === states.gone;
  }

  keep({ id }: Place, uid: string, { id: capture, sha256, size }: KeptMessage, state: State): void {
    this.#begin();
    this.#statements.keep.run(id, uid, states[state], capture, Buffer.from(sha256, 'hex'), size, this.#today());
  }

  tooLarge({ id }: Place, uid: string, size: number): void {
    this.#begin();
    this.#statements.keep.run(id, uid, states.tooLarge, null, null, size, this.#today());
  }

  /** A message of the same account with the same content, wherever it was. */
  findContent({ account }: Place, sha256: string): { readonly id: Id; readonly state: State } | undefined {
    const rows = this.#statements.byContent.all(Buffer.from(sha256, 'hex')) as unknown as MessageRow[];
    const found = rows.find(({ place }) => this.#placeOf.get(place)?.account === account);
    return found?.capture == null ? undefined : { id: found.capture, state: stateOf(found.state) };
  }

  /** All outputs have everything from one id to another. */
  handedOver(since: Id, upTo: Id): readonly Listed[] {
    const rows = this.#statements.waitingBetween.all(since, upTo) as unknown as MessageRow[];
    if (rows.length === 0) return [];
    this.#begin();
    this.#statements.handedOver.run(since, upTo);
    return this.#listed(rows);
  }

  setAside(capture: Id): readonly Listed[] {
    const rows = this.#statements.waitingBetween.all(capture, capture) as unknown as MessageRow[];
    this.#begin();
    for (const { place, uid } of rows) this.#statements.move.run(states.setAside, this.#today(), place, uid);
    return this.#listed(rows);
  }

  /** Those with which something is to be done on the server now. */
  toAct({ id }: Place, most: number): readonly string[] {
    return (this.#statements.toAct.all(id, Math.min(most, Number.MAX_SAFE_INTEGER)) as unknown as MessageRow[]).map(
      ({ uid }) => uid,
    );
  }

  acted({ id }: Place, uids: readonly string[], into: 'done' | 'gone'): void {
    this.#begin();
    for (const uid of uids) this.#statements.move.run(states[into], this.#today(), id, uid);
  }

  /** What was done with it was not all: more is to be done now. */
  reopen({ id }: Place, uid: string): void {
    this.#begin();
    this.#statements.reopen.run(id, uid);
  }

  /** How many of a place wait for outputs. */
  waiting({ id }: Place): number {
    return (this.#statements.countWaiting.get(id) as { count: number }).count;
  }

  /** All places of an account that are known. */
  placesOf(account: string): readonly Place[] {
    return [...this.#placeOf.values()].filter((place) => place.account === account);
  }

  /** Everything that is known of the messages of a place. */
  *messages({ id }: Place): Generator<{ readonly uid: string; readonly state: State; readonly id: Id | undefined }> {
    for (const { uid, state, capture } of this.#statements.all.iterate(id) as unknown as Iterable<MessageRow>) {
      yield { uid, state: stateOf(state), id: capture ?? undefined };
    }
  }

  standing(account: string): Standing {
    const counts = Object.fromEntries(Object.keys(states).map((state) => [state, 0])) as Record<State, number>;
    for (const { id } of this.placesOf(account)) {
      for (const row of this.#statements.standing.all(id) as unknown as { state: number; count: number }[]) {
        counts[stateOf(row.state)] += row.count;
      }
    }
    return counts;
  }

  /** Everything of the account, or of one of its folders, counts as never seen. */
  forget(account: string, folder: string | undefined): number {
    this.#begin();
    const places = this.placesOf(account).filter((place) => folder === undefined || place.folder === folder);
    return places.reduce((sum, { id }) => sum + Number(this.#statements.forget.run(id).changes), 0);
  }

  /** From now on a crash loses nothing of what came before; the journal was read up to there. */
  commit(reached: Position): void {
    this.#begin();
    this.#statements.reach.run(reached.segment, reached.offset);
    this.#database.exec('COMMIT');
    this.#isOpen = false;
  }

  /** Makes the same true for a loss of power. */
  sync(): void {
    if (this.#isOpen) return;
    this.#statements.prune.run(this.#today() - rememberGone);
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    if (this.#isOpen) this.#database.exec('COMMIT');
    this.#database.close();
  }

  #listed(rows: readonly MessageRow[]): readonly Listed[] {
    const byPlace = Map.groupBy(rows, ({ place }) => place);
    return [...byPlace].map(([id, rows]) => ({ place: this.#placeOf.get(id)!, uids: rows.map(({ uid }) => uid) }));
  }

  #knowPlace({ id, account, folder, validity: uidValidity }: PlaceRow): Place {
    const others = [...this.#placeOf.values()].filter((other) => other.account === account && other.folder === folder);
    const place = { id, account, folder, uidValidity, compares: uidValidity === '' || others.length > 0 };
    this.#places.set(placeKey(account, folder, uidValidity), place);
    this.#placeOf.set(id, place);
    return place;
  }

  // Only where contents are compared: it costs as much as all the rest.
  #indexContent(): void {
    this.#database.exec('CREATE INDEX IF NOT EXISTS by_content ON message (sha256)');
  }

  #begin(): void {
    if (this.#isOpen) return;
    this.#database.exec('BEGIN');
    this.#isOpen = true;
  }
}

interface PlaceRow {
  readonly id: number;
  readonly account: string;
  readonly folder: string;
  readonly validity: string;
}

interface MessageRow {
  readonly place: number;
  readonly uid: string;
  readonly state: number;
  readonly capture: Id | null;
}

function placeKey(account: string, folder: string, uidValidity: string): string {
  return JSON.stringify([account, folder, uidValidity]);
}

type Statements = Readonly<Record<keyof typeof sql, StatementSync>>;

const sql = {
  reached: 'SELECT segment, at FROM reached',
  reach: 'UPDATE reached SET segment = ?, at = ?',
  places: 'SELECT id, account, folder, validity FROM place ORDER BY id',
  addPlace: 'INSERT INTO place (account, folder, validity) VALUES (?, ?, ?)',
  one: 'SELECT state, size FROM message WHERE place = ? AND uid = ?',
  keep: `INSERT INTO message (place, uid, state, capture, sha256, size, day) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET state = excluded.state, capture = excluded.capture, sha256 = excluded.sha256,
      size = excluded.size, day = excluded.day`,
  byContent: 'SELECT place, uid, state, capture FROM message WHERE sha256 = ?',
  waitingBetween: 'SELECT place, uid, state, capture FROM message WHERE state = 0 AND capture BETWEEN ? AND ?',
  handedOver: 'UPDATE message SET state = 1 WHERE state = 0 AND capture BETWEEN ? AND ?',
  toAct: 'SELECT place, uid, state, capture FROM message WHERE place = ? AND state = 1 LIMIT ?',
  move: 'UPDATE message SET state = ?, day = ? WHERE place = ? AND uid = ?',
  reopen: 'UPDATE message SET state = 1 WHERE place = ? AND uid = ? AND state = 2',
  countWaiting: 'SELECT count(*) AS count FROM message WHERE place = ? AND state = 0',
  all: 'SELECT place, uid, state, capture FROM message WHERE place = ?',
  standing: 'SELECT state, count(*) AS count FROM message WHERE place = ? GROUP BY state',
  forget: 'DELETE FROM message WHERE place = ?',
  prune: 'DELETE FROM message WHERE state = 5 AND day < ?',
} as const;

function prepare(database: DatabaseSync): Statements {
  return Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, database.prepare(text)])) as Statements;
}
