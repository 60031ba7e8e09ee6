import type { Ranking } from '../../index/rankings.ts';
import { sparkline } from '../../text/chart.ts';
import { csvLine } from '../../text/csv.ts';
import { printableWithin } from '../../text/printable.ts';
import { formatDuration, formatSize } from '../../text/units.ts';
import type { Statistics } from './statistics.ts';

const widest = 60;
const barWidth = 20;

/** Figures for people, with small charts. */
export function* statisticsText(figures: Statistics): Generator<string> {
  const { messages, bytes, sessions, first, last, every, over, top } = figures;
  yield `${messages} messages, ${formatSize(bytes)}, ${sessions} sessions`;
  if (first === null || last === null) return;
  yield `from ${first.slice(0, 19)} to ${last.slice(0, 19)} (UTC)`;
  const counts = over.map(({ count }) => count);
  yield `${sparkline(counts.slice(-120))}  at most ${counts.reduce((most, count) => Math.max(most, count), 0)} in ${formatDuration(every)}`;
  for (const [name, ranking] of Object.entries(top)) {
    yield* rankingText(name, ranking);
  }
}

/** What was most frequent, with bars; nothing where there was nothing. */
export function* rankingText(name: string, { top, different }: Ranking): Generator<string> {
  if (top.length === 0) return;
  yield '';
  yield different > top.length ? `${name} (the first ${top.length} of ${different})` : name;
  const most = top[0]!.count;
  const digits = String(most).length;
  for (const { value, count } of top) {
    const bar = '█'.repeat(Math.max(1, Math.round((count / most) * barWidth)));
    yield `  ${String(count).padStart(digits)}  ${bar.padEnd(barWidth)}  ${printableWithin(value, widest) || '(empty)'}`;
  }
}

export function* statisticsCsv({ top }: Statistics): Generator<string> {
  yield csvLine(['by', 'value', 'count']);
  for (const [name, ranking] of Object.entries(top)) {
    for (const { value, count } of ranking.top) yield csvLine([name, value, count]);
  }
}
