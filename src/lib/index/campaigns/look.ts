import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { Fault } from '../../errors.ts';
import { printableWithin } from '../../text/printable.ts';
import type { Selection } from '../index-reader.ts';
import type { Campaign } from './campaign.ts';
import { where } from '../index-reader.ts';
import { firstTermOf, lastTermOf } from '../schema.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

const hour = 36e5;
const day = 864e5;

/** Campaigns of the messages that are meant, the largest first. */
export function listCampaigns(
  database: DatabaseSync,
  selection: Selection,
  { least, most }: { readonly least: number; readonly most: number },
): readonly Campaign[] {
  const { sql, values } = where(selection);
  const rows = database
    .prepare(
      `SELECT campaign, code, name, sample, count(*) AS messages, min(at) AS first, max(at) AS last
       FROM entries JOIN campaigns USING (campaign) WHERE ${sql}
       GROUP BY campaign HAVING messages >= ? ORDER BY messages DESC, last DESC LIMIT ?`,
    )
    .all(...values, least, most);
  const sources = database.prepare(
    `SELECT count(DISTINCT term) AS n FROM entries JOIN mentions ON entry = seq
     WHERE campaign = ? AND term BETWEEN ${firstTermOf('peer')} AND ${lastTermOf('peer')}`,
  );
  const lately = database.prepare('SELECT count(*) AS n FROM entries WHERE campaign = ? AND at > ?');
  return rows.map((row) =>
    campaignFrom(row, (number, last) => ({
      sources: Number(sources.get(number)!['n']),
      lately: Number(lately.get(number, last - day)!['n']),
    })),
  );
}

/** How many campaigns have at least so many of the messages that are meant. */
export function countCampaigns(database: DatabaseSync, selection: Selection, least: number): number {
  const { sql, values } = where(selection);
  const groups = `SELECT campaign FROM entries WHERE campaign IS NOT NULL AND ${sql} GROUP BY campaign HAVING count(*) >= ?`;
  return Number(database.prepare(`SELECT count(*) AS n FROM (${groups})`).get(...values, least)!['n']);
}

/** The number of a campaign, by its code, its name, or the code of one that was joined to it. */
export function campaignNumber(database: DatabaseSync, given: string): number {
  const rows = database
    .prepare(
      `SELECT DISTINCT coalesce(joined, campaign) AS number FROM campaigns
       WHERE code = ?1 OR (name != '' AND lower(name) = lower(?1))`,
    )
    .all(given);
  if (rows.length === 1) return Number(rows[0]!['number']);
  const shown = printableWithin(given, 60);
  throw new Fault(rows.length === 0 ? `There is no campaign ${shown}.` : `Several campaigns are called ${shown}.`, {
    code: rows.length === 0 ? 'campaigns.unknown' : 'campaigns.ambiguous',
    fix: '"spamtrap campaigns list" shows the codes.',
  });
}

/** The codes under which a campaign was known before others were joined to it. */
export function joinedCodes(database: DatabaseSync, number: number): readonly string[] {
  return database
    .prepare('SELECT code FROM campaigns WHERE joined = ? ORDER BY code')
    .all(number)
    .map((row) => String(row['code']));
}

function campaignFrom(
  row: Row,
  more: (number: number, last: number) => { readonly sources: number; readonly lately: number },
): Campaign {
  const [first, last] = [Number(row['first']), Number(row['last'])];
  const { sources, lately } = more(Number(row['campaign']), last);
  const hours = Math.max(1, Math.min(last - first, day) / hour);
  return {
    code: String(row['code']),
    name: String(row['name']),
    messages: Number(row['messages']),
    sources,
    first: new Date(first).toISOString(),
    last: new Date(last).toISOString(),
    perHour: Math.round((lately / hours) * 10) / 10,
    sample: String(row['sample']),
  };
}
