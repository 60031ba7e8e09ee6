import type { EntryKind } from '../../index/schema.ts';
import type { Found } from '../../index/found.ts';
import { parseQuery } from '../../query/parse-query.ts';
import type { LookBack } from './open-look-back.ts';

export interface Listing {
  readonly filter: string;
  readonly kinds: readonly EntryKind[];
  /** Only so many of the newest. */
  readonly last: number | 'all';
}

export interface Listed {
  readonly entries: Iterable<Found>;
  /** How many there are, for those who want to know: counting takes as long as finding. */
  readonly total: () => number;
}

/** What a filter lets through, the oldest first, and how much there is of it. */
export function list({ index }: LookBack, { filter, kinds, last }: Listing): Listed {
  const selection = { query: parseQuery(filter, Date.now()), kinds };
  const total = () => index.totals(selection).count;
  if (last === 'all') return { total, entries: index.all(selection) };
  return { total, entries: inOrder(index.newest(selection, last).toReversed(), (number) => index.entry(number)) };
}

function* inOrder(numbers: readonly number[], entry: (number: number) => Found): Generator<Found> {
  for (const number of numbers) yield entry(number);
}
