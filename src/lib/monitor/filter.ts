import { reason } from '../errors.ts';
import { filterFrom, type Filtered } from '../query/matches.ts';
import { parseQuery } from '../query/parse-query.ts';
import { foldCase } from '../text/fold-case.ts';
import type { Row } from './rows.ts';

/** What a filter lets through, and what is wrong with it. */
export interface RowFilter {
  readonly passes: (row: Row) => boolean;
  readonly fault?: string;
}

let last: { readonly text: string; readonly filter: RowFilter } | undefined;

/**
 * The filter that is typed in the console: the same that commands take. One that is not finished, or wrong, is taken as
 * text, so that the list does not jump while somebody types.
 */
export function rowFilter(text: string, now: number): RowFilter {
  if (last?.text !== text) last = { text, filter: newFilter(text, now) };
  return last.filter;
}

function newFilter(text: string, now: number): RowFilter {
  try {
    const filter = filterFrom(parseQuery(text, now));
    return { passes: (row) => filter(filtered(row)) };
  } catch (error) {
    const words = foldCase(text.trim());
    return { passes: (row) => filtered(row).anything().includes(words), fault: reason(error) };
  }
}

const known = new WeakMap<Row, Filtered>();

/** Where a filter looks: made once for each row, however often it is looked at. */
function filtered(row: Row): Filtered {
  let thing = known.get(row);
  if (thing === undefined) {
    let words: string | undefined;
    const { facts = {}, time } = row;
    thing = {
      anything: () => (words ??= foldCase(row.words())),
      texts: (field) => facts[field],
      ...(time !== undefined && { time: Date.parse(time) }),
    };
    known.set(row, thing);
  }
  return thing;
}
