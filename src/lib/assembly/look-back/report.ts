import { writeFileSync } from 'node:fs';
import { collectLayout } from '../../collect/layout.ts';
import { readStatus } from '../../collect/status-file.ts';
import { exitCodes, Fault, reason } from '../../errors.ts';
import { countCampaigns, listCampaigns } from '../../index/campaigns/look.ts';
import type { Selection } from '../../index/index-reader.ts';
import { rank, type RankingName } from '../../index/rankings.ts';
import { parseQuery } from '../../query/parse-query.ts';
import type { ReportFigures, ReportHealth } from '../../report/figures.ts';
import { reportPage } from '../../report/report-page.ts';
import { printableWithin } from '../../text/printable.ts';
import { localDay } from '../../text/time.ts';
import { outputAccounts } from '../output-status.ts';
import type { LookBack } from './open-look-back.ts';
import { statistics } from './statistics.ts';

export interface Reporting {
  readonly sensor: string;
  readonly filter: string;
  readonly since: number;
  readonly until: number;
}

const told: readonly RankingName[] = [
  'peer',
  'country',
  'network',
  'from',
  'domain',
  'to',
  'subject',
  'login',
  'rule',
  'probe',
  'host',
  'url',
  'attachment',
  'type',
  'helo',
  'scan',
  'verdict',
];

export function reportFigures(lookBack: LookBack, reporting: Reporting): ReportFigures {
  const { index, database, dataDir } = lookBack;
  const { sensor, since, until, filter } = reporting;
  const within = `since:${new Date(since).toISOString()} until:${new Date(until).toISOString()} ${filter}`;
  const query = parseQuery(within, until);
  const messages: Selection = { query, kinds: ['message', 'evidence'] };
  const { over, every, ...totals } = statistics(lookBack, { filter: within, by: [], most: 0, every: undefined });
  const times = over.map(({ time }) => time);
  const intakes = index.topOf(messages, 'intake', 10).map(({ value }) => value);
  return {
    sensor,
    made: new Date().toISOString(),
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    filter,
    messages: totals.messages,
    bytes: totals.bytes,
    sessions: totals.sessions,
    over: {
      stepMs: every,
      times,
      intakes: Object.fromEntries(intakes.map((intake) => [intake, overTime(intake)])),
    },
    rankings: told.map((name) => ({ name, ...rank(index, name, query, 10) })),
    campaigns: listCampaigns(database, messages, { least: 2, most: 20 }),
    differentCampaigns: countCampaigns(database, messages, 2),
    outputs: outputAccounts(dataDir, undefined, until).map(outputHealth),
    mailboxes: mailboxHealth(dataDir),
  };

  function overTime(intake: string): readonly number[] {
    const counts = index.over({ ...messages, query: parseQuery(`${within} intake:${intake}`, until) }, every);
    return times.map((time) => counts.get(Date.parse(time)) ?? 0);
  }
}

const day = 864e5;

/** A day by the clock at the wall, as the daybook has it. */
export function localDayOf(text: string, now: number): { readonly since: number; readonly until: number } {
  const named: Readonly<Record<string, string>> = { today: localDay(now), yesterday: localDay(now - day) };
  const name = named[text.toLowerCase()] ?? text;
  const since = /^\d{4}-\d{2}-\d{2}$/.test(name) ? Date.parse(`${name}T00:00:00`) : Number.NaN;
  if (Number.isNaN(since)) {
    throw new Fault(`--day: "${printableWithin(text, 40)}" is no day.`, {
      code: 'usage',
      fix: 'Write a date (2026-11-26), today, or yesterday.',
      exit: exitCodes.usage,
    });
  }
  // A day may have 23 or 25 hours: it ends where the next one begins.
  const next = new Date(since);
  next.setDate(next.getDate() + 1);
  return { since, until: next.getTime() - 1 };
}

/** Writes the page, and says where; a file that is there already is an older report. */
export function writeReport(figures: ReportFigures, file: string): string {
  const out = file.replaceAll('{day}', localDay(Date.parse(figures.until)));
  try {
    writeFileSync(out, reportPage(figures), { mode: 0o644 });
    return out;
  } catch (error) {
    throw new Fault(`The report cannot be written to ${out}: ${reason(error)}.`, {
      code: 'report.out',
      fix: 'Name a file in a folder that is there and that you may write to, with --out.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
}

function outputHealth(account: ReturnType<typeof outputAccounts>[number]): ReportHealth {
  const { output, paused, behind, quarantined, failingSince, lastError } = account;
  const isTroubled = failingSince !== null || quarantined > 0;
  const parts = [
    ...(paused ? ['paused'] : []),
    behind === 0 ? 'up to date' : `${behind} messages behind`,
    ...(quarantined > 0 ? [`${quarantined} in quarantine`] : []),
    ...(failingSince !== null ? [`failing since ${failingSince.slice(0, 16)}: ${lastError?.detail ?? ''}`] : []),
  ];
  return { name: output, state: isTroubled ? 'troubled' : 'well', detail: parts.join(', ') };
}

/** How they stood when the collector last said so. */
function mailboxHealth(dataDir: string): readonly ReportHealth[] {
  const told = readStatus(collectLayout(dataDir).status)?.mailboxes ?? {};
  return Object.entries(told).map(([name, { phase, lastMailAt, lastFault }]) => {
    const isTroubled = phase === 'failing' || phase === 'locked';
    const mail = lastMailAt === undefined ? 'no mail yet' : `last mail ${lastMailAt.slice(0, 16).replace('T', ' ')}`;
    const fault = isTroubled && lastFault ? `, ${lastFault.detail}` : '';
    return { name, state: isTroubled ? 'troubled' : 'well', detail: `${phase}, ${mail}${fault}` };
  });
}
