import { CampaignDesk } from '../../index/campaigns/edit.ts';
import type { Campaign } from '../../index/campaigns/campaign.ts';
import { campaignNumber, joinedCodes, listCampaigns } from '../../index/campaigns/look.ts';
import { indexLayout } from '../../index/layout.ts';
import { openToWrite } from '../../index/open-index.ts';
import { rank, type Ranking, type RankingName } from '../../index/rankings.ts';
import { parseQuery } from '../../query/parse-query.ts';
import { sparkline } from '../../text/chart.ts';
import { printable, printableWithin } from '../../text/printable.ts';
import { table } from '../../text/table.ts';
import { exitCodes, Fault } from '../../errors.ts';
import type { LookBack } from './open-look-back.ts';
import { statistics, type Statistics } from './statistics.ts';
import { rankingText } from './statistics-text.ts';

export interface CampaignListing {
  readonly filter: string;
  /** Only those with so many messages. */
  readonly least: number;
  readonly most: number;
}

export function campaigns(lookBack: LookBack, { filter, least, most }: CampaignListing): readonly Campaign[] {
  const selection = { query: parseQuery(filter, Date.now()), kinds: ['message', 'evidence'] as const };
  return listCampaigns(lookBack.database, selection, { least, most });
}

export function campaignTable(all: readonly Campaign[]): readonly string[] {
  const rows = all.map(({ code, name, messages, sources, first, last, perHour, sample }) => [
    code,
    String(messages),
    String(sources),
    String(perHour),
    first.slice(0, 16).replace('T', ' '),
    last.slice(0, 16).replace('T', ' '),
    name === '' ? printableWithin(sample, 60) : `${printableWithin(name, 40)} (${printableWithin(sample, 40)})`,
  ]);
  const head = ['campaign', 'messages', 'sources', 'an hour', 'first', 'last', 'name, or a subject'];
  return table([head, ...rows], ['left', 'right', 'right', 'right', 'left', 'left', 'left']);
}

export interface CampaignDetails extends Campaign {
  /** Codes of campaigns that were joined to it. */
  readonly joined: readonly string[];
  readonly over: Statistics['over'];
  readonly top: Readonly<Partial<Record<RankingName, Ranking>>>;
  /** Ids of its newest messages. */
  readonly newest: readonly string[];
}

const told = ['peer', 'country', 'network', 'from', 'domain', 'subject', 'host', 'attachment', 'rule'] as const;

export function campaignDetails(lookBack: LookBack, given: string): CampaignDetails {
  const { database, index } = lookBack;
  const number = campaignNumber(database, given);
  const { code } = database.prepare('SELECT code FROM campaigns WHERE campaign = ?').get(number) as { code: string };
  const filter = `campaign:${code}`;
  const [campaign] = campaigns(lookBack, { filter, least: 1, most: 1 });
  if (campaign === undefined) {
    throw new Fault(`Of campaign ${code} the index has no message left.`, {
      code: 'campaigns.empty',
      fix: '"index.maxAge" says how long the index knows what came.',
      exit: exitCodes.failed,
    });
  }
  const query = parseQuery(filter, Date.now());
  return {
    ...campaign,
    joined: joinedCodes(database, number),
    over: statistics(lookBack, { filter, by: [], most: 0, every: undefined }).over,
    top: Object.fromEntries(told.map((name) => [name, rank(index, name, query, 5)])),
    newest: index.newest({ query, kinds: ['message', 'evidence'] }, 5).map((each) => index.entry(each).id),
  };
}

export function* campaignText(details: CampaignDetails): Generator<string> {
  const { code, name, messages, sources, first, last, perHour, sample, joined, over, top, newest } = details;
  yield name === '' ? code : `${code}  ${printable(name)}`;
  yield `${messages} messages from ${sources} sources, ${first.slice(0, 16)} to ${last.slice(0, 16)} (UTC), ${perHour} an hour at the end`;
  yield `for example: ${printable(sample)}`;
  if (joined.length > 0) yield `joined to it: ${joined.join(', ')}`;
  yield sparkline(over.map(({ count }) => count).slice(-120));
  for (const [by, ranking] of Object.entries(top)) yield* rankingText(by, ranking);
  yield '';
  yield `newest messages: ${newest.join(' ')}`;
}

/** Changes what belongs to what, in an index that was just brought up to date. */
export function decideOnCampaigns(dataDir: string, decide: (desk: CampaignDesk) => string): string {
  const layout = indexLayout(dataDir);
  const database = openToWrite(layout.database);
  try {
    return decide(new CampaignDesk(database, layout.decisions));
  } finally {
    database.close();
  }
}

export function nameCampaign(dataDir: string, given: string, name: string): string {
  return decideOnCampaigns(dataDir, (desk) => desk.name(given, name));
}

export function mergeCampaigns(dataDir: string, into: string, others: readonly string[]): string {
  return decideOnCampaigns(dataDir, (desk) => desk.merge(into, others));
}

export function splitCampaign(dataDir: string, given: string, filter: string): string {
  const query = parseQuery(filter, Date.now());
  if (query.length === 0) {
    throw new Fault('What is to be taken out of the campaign is not said.', {
      code: 'usage',
      fix: 'Write a filter behind it, for example host:other.example.',
      exit: exitCodes.usage,
    });
  }
  return decideOnCampaigns(dataDir, (desk) => desk.split(given, query));
}
