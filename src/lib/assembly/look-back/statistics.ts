import { exitCodes, Fault } from '../../errors.ts';
import { rank, type Ranking, type RankingName } from '../../index/rankings.ts';
import type { Selection } from '../../index/index-reader.ts';
import { formatDuration } from '../../text/units.ts';
import type { LookBack } from './open-look-back.ts';
import { parseQuery } from '../../query/parse-query.ts';

export interface Wanted {
  readonly filter: string;
  readonly by: readonly RankingName[];
  readonly most: number;
  /** Milliseconds of one bar; otherwise so many that a chart fits a line. */
  readonly every: number | undefined;
}

export interface Statistics {
  readonly messages: number;
  readonly bytes: number;
  readonly sessions: number;
  /** ISO 8601; of the first and the last message. */
  readonly first: string | null;
  readonly last: string | null;
  readonly every: number;
  /** How many messages came in each stretch, without gaps. */
  readonly over: readonly { readonly time: string; readonly count: number }[];
  readonly top: Readonly<Partial<Record<RankingName, Ranking>>>;
}

/** Bars of a chart: what fits a line, and no more than somebody can read. */
const mostBars = 60;
const mostStretches = 10_000;
const steps = [6e4, 3e5, 9e5, 36e5, 3 * 36e5, 6 * 36e5, 864e5, 7 * 864e5, 30 * 864e5] as const;

export function statistics({ index }: LookBack, { filter, by, most, every }: Wanted): Statistics {
  const query = parseQuery(filter, Date.now());
  const messages: Selection = { query, kinds: ['message', 'evidence'] };
  const { count, bytes, first, last } = index.totals(messages);
  if (every !== undefined && (last - first) / every > mostStretches) throw tooManyBars(every);
  const step = every ?? steps.find((each) => (last - first) / each < mostBars) ?? steps.at(-1)!;
  return {
    messages: count,
    bytes,
    sessions: index.totals({ query, kinds: ['session'] }).count,
    first: count === 0 ? null : new Date(first).toISOString(),
    last: count === 0 ? null : new Date(last).toISOString(),
    every: step,
    over: count === 0 ? [] : stretches(index.over(messages, step), first, last, step),
    top: Object.fromEntries(by.map((name) => [name, rank(index, name, query, most)])),
  };
}

function tooManyBars(every: number): Fault {
  return new Fault(`--every ${formatDuration(every)} would be more than ${mostStretches} bars.`, {
    code: 'usage',
    fix: 'Name a longer time, or a shorter period with since: and until:.',
    exit: exitCodes.usage,
  });
}

function stretches(counts: ReadonlyMap<number, number>, first: number, last: number, step: number) {
  const start = Math.floor(first / step) * step;
  const length = Math.floor((last - start) / step) + 1;
  return Array.from({ length }, (_, number) => {
    const at = start + number * step;
    return { time: new Date(at).toISOString(), count: counts.get(at) ?? 0 };
  });
}
