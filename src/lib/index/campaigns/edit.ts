import type { DatabaseSync } from 'node:sqlite';
import { exitCodes, Fault } from '../../errors.ts';
import { conditionOf } from '../condition.ts';
import type { Query } from '../../query/query.ts';
import { campaignCode } from './code.ts';
import { printIn, readDecisions, writeDecisions, type Decision } from './decisions.ts';
import { Likes } from './likes.ts';
import { campaignNumber, joinedCodes } from './look.ts';
import { kept } from '../searched.ts';

/** Sides by which a campaign that was taken out of another is known from then on. */
const mostSides = 6;

interface Change {
  /** Numbers of the campaigns that are not as they were; the first is the one that it is about. */
  readonly changed: readonly number[];
  /** For each of them, messages that were given to it. */
  readonly members?: readonly (readonly string[])[];
}

/**
 * What people decide about campaigns. Each decision is written to the index and to the file beside it, which is the one
 * that lasts; whoever reads the journal meanwhile takes note of it with the next batch.
 */
export class CampaignDesk {
  readonly #database: DatabaseSync;
  readonly #file: string;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  name(given: string, name: string): string {
    return this.#decide(() => {
      const number = campaignNumber(this.#database, given);
      this.#database.prepare('UPDATE campaigns SET name = ? WHERE campaign = ?').run(kept(name), number);
      return { changed: [number] };
    });
  }

  /** The others are one with the first from now on; their codes still lead to it. */
  merge(into: string, others: readonly string[]): string {
    return this.#decide(() => {
      const target = campaignNumber(this.#database, into);
      const numbers = [...new Set(others.map((other) => campaignNumber(this.#database, other)))];
      if (numbers.includes(target)) throw nothingToDo('A campaign cannot be joined to itself.');
      for (const number of numbers) this.#join(number, target);
      return { changed: [target] };
    });
  }

  /** The messages of a campaign that a filter lets through become one of their own. */
  split(given: string, query: Query): string {
    return this.#decide(() => {
      const from = campaignNumber(this.#database, given);
      const { sql, values } = conditionOf(query);
      const taken = this.#database
        .prepare(`SELECT seq, id, print FROM entries WHERE campaign = ? AND ${sql} ORDER BY seq`)
        .all(from, ...values);
      const all = this.#database.prepare('SELECT count(*) AS n FROM entries WHERE campaign = ?').get(from)!['n'];
      if (taken.length === 0) throw nothingToDo('The filter lets none of its messages through.');
      if (taken.length === all) throw nothingToDo('The filter lets all of its messages through.');
      const number = this.#found(String(taken[0]!['id']));
      const move = this.#database.prepare('UPDATE entries SET campaign = ? WHERE seq = ?');
      for (const { seq } of taken) move.run(number, seq!);
      const likes = new Likes(this.#database);
      for (const { print } of taken.slice(0, mostSides)) {
        if (print instanceof Uint8Array) likes.add({ campaign: number, isFounder: true, print: printIn(print) });
      }
      this.#recount(number);
      this.#recount(from);
      // Both halves: by likeness alone, a new index would mix them again.
      const left = this.#database.prepare('SELECT id FROM entries WHERE campaign = ? ORDER BY seq').all(from);
      return { changed: [number, from], members: [taken, left].map((rows) => rows.map(({ id }) => String(id))) };
    });
  }

  /** Makes the changes and writes down what they mean; the code of the first campaign that was changed. */
  #decide(change: () => Change): string {
    const database = this.#database;
    database.exec('BEGIN IMMEDIATE');
    try {
      const { changed, members = [] } = change();
      const before = withoutMembers(readDecisions(this.#file), new Set(members.flat()));
      const decisions = changed.map((number, place) => this.#decisionOf(number, before, members[place] ?? []));
      const codes = new Set(decisions.flatMap(({ code, joined }) => [code, ...joined]));
      writeDecisions(this.#file, [...before.filter(({ code }) => !codes.has(code)), ...decisions]);
      database.exec('COMMIT');
      return decisions[0]!.code;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #decisionOf(number: number, before: readonly Decision[], members: readonly string[]): Decision {
    const row = this.#database.prepare('SELECT code, name FROM campaigns WHERE campaign = ?').get(number)!;
    const prints = this.#database.prepare('SELECT print FROM likes WHERE campaign = ? ORDER BY likeness').all(number);
    const code = String(row['code']);
    const joined = joinedCodes(this.#database, number);
    const former = before.filter((decision) => decision.code === code || joined.includes(decision.code));
    return {
      code,
      name: String(row['name']),
      joined,
      prints: prints.map(({ print }) => printIn(print as Uint8Array)),
      members: [...former.flatMap((decision) => decision.members), ...members],
    };
  }

  #join(number: number, target: number): void {
    const database = this.#database;
    database.prepare('UPDATE entries SET campaign = ? WHERE campaign = ?').run(target, number);
    database.prepare('UPDATE likes SET campaign = ? WHERE campaign = ?').run(target, number);
    database
      .prepare('UPDATE campaigns SET joined = ?, size = 0 WHERE campaign = ? OR joined = ?')
      .run(target, number, number);
    this.#recount(target);
  }

  #found(founder: string): number {
    for (let length = 8; ; length++) {
      const code = campaignCode(`${founder} taken out`, length);
      const { changes, lastInsertRowid } = this.#database
        .prepare(
          `INSERT INTO campaigns (code, name, size, first, last, sample) VALUES (?, '', 0, 0, 0, '') ON CONFLICT DO NOTHING`,
        )
        .run(code);
      if (changes > 0) return Number(lastInsertRowid);
    }
  }

  #recount(number: number): void {
    this.#database
      .prepare(
        `UPDATE campaigns SET (size, first, last) =
           (SELECT count(*), coalesce(min(at), 0), coalesce(max(at), 0) FROM entries WHERE campaign = ?1)
         WHERE campaign = ?1`,
      )
      .run(number);
  }
}

function withoutMembers(decisions: readonly Decision[], gone: ReadonlySet<string>): readonly Decision[] {
  return decisions.map((decision) => ({ ...decision, members: decision.members.filter((id) => !gone.has(id)) }));
}

function nothingToDo(message: string): Fault {
  return new Fault(message, {
    code: 'campaigns.nothing-to-do',
    fix: '"spamtrap campaigns show" tells what a campaign has.',
    exit: exitCodes.usage,
  });
}
