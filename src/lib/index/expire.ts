import type { DatabaseSync } from 'node:sqlite';
import { progressOf } from './progress.ts';

export interface Keeping {
  /** Entries older than this go. */
  readonly maxAge: number;
  /** When the database is larger, the oldest entries go. */
  readonly maxSize: number;
}

/** Fingerprints of campaigns that never had a second message: each takes about a kilobyte. */
const mostAlone = 200_000;
/** So much of the entries goes when it is too large: room for a while, and not all at once. */
const shareToGo = 0.1;

/** Looking through everything takes a while; nothing need go to the hour. */
const longestRest = 864e5;
const partOfAge = 100;

/** Lets go of what is too old or too much, now and then. True when something went. */
export function expire(database: DatabaseSync, { maxAge, maxSize }: Keeping, now: number): boolean {
  const { expiredAt } = progressOf(database);
  const isTooLarge = sizeOf(database) > maxSize;
  if (!isTooLarge && now - expiredAt < Math.min(longestRest, maxAge / partOfAge)) return false;
  const entries = count(database, 'SELECT count(*) AS n FROM entries');
  const old = count(database, 'SELECT count(*) AS n FROM entries WHERE at < ?', now - maxAge);
  const tooMany = isTooLarge ? Math.ceil(entries * shareToGo) : 0;
  const isLonely = count(database, 'SELECT count(*) AS n FROM likes') > mostAlone;
  const goes = old > 0 || tooMany > 0 || isLonely;
  database.exec('BEGIN IMMEDIATE');
  try {
    if (old > 0 || tooMany > 0) removeEntries(database, now - maxAge, tooMany);
    if (goes) forgetCampaigns(database, isLonely ? mostAlone / 2 : mostAlone);
    database.prepare('UPDATE progress SET expiredAt = ?').run(now);
    database.exec('COMMIT; PRAGMA incremental_vacuum');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
  return goes;
}

function removeEntries(database: DatabaseSync, before: number, tooMany: number): void {
  database.exec(`
    CREATE TEMP TABLE gone AS SELECT seq FROM entries WHERE at < ${before} UNION
      SELECT seq FROM (SELECT seq FROM entries ORDER BY seq LIMIT ${tooMany});
    DELETE FROM mentions WHERE entry IN gone;
    DELETE FROM attachments WHERE entry IN gone;
    DELETE FROM entries WHERE seq IN gone;
    DROP TABLE gone;
    DELETE FROM terms WHERE term NOT IN (SELECT term FROM mentions) AND term NOT IN
      (SELECT file FROM attachments UNION SELECT type FROM attachments UNION SELECT hash FROM attachments);
  `);
}

/** Campaigns without a message left go, and of those that had one message ever, the ones that waited longest. */
function forgetCampaigns(database: DatabaseSync, keptAlone: number): void {
  database.exec(`
    CREATE TEMP TABLE ended AS
      SELECT campaign FROM campaigns WHERE name = '' AND joined IS NULL
        AND campaign NOT IN (SELECT joined FROM campaigns WHERE joined IS NOT NULL)
        AND (campaign NOT IN (SELECT campaign FROM entries WHERE campaign IS NOT NULL)
          OR campaign IN (SELECT campaign FROM campaigns WHERE size = 1 ORDER BY last DESC LIMIT -1 OFFSET ${keptAlone}));
    DELETE FROM likeRows WHERE likeness IN (SELECT likeness FROM likes WHERE campaign IN ended);
    DELETE FROM likes WHERE campaign IN ended;
    UPDATE entries SET campaign = NULL WHERE campaign IN ended;
    DELETE FROM campaigns WHERE campaign IN ended;
    DROP TABLE ended;
  `);
}

function sizeOf(database: DatabaseSync): number {
  const of = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]);
  return (of('page_count') - of('freelist_count')) * of('page_size');
}

function count(database: DatabaseSync, sql: string, ...values: number[]): number {
  return Number(database.prepare(sql).get(...values)!['n']);
}
