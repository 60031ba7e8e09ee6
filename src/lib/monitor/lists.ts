import { shownRecent, type ConsoleState, type ViewName } from './console-state.ts';
import type { Campaign } from '../index/campaigns/campaign.ts';
import { rowFilter } from './filter.ts';
import type { Row } from './rows.ts';

/** A row of any list, with what it is a row of. */
export interface Listed<Item> extends Row {
  readonly item: Item;
}

/** The views that are lists, and the rows that they show, oldest or first first. */
export type ListName = Exclude<ViewName, 'overview'>;

/** The rows of the present view that its filter lets through; none where it is no list. */
export function rowsOf(state: ConsoleState, view: ViewName = state.view): readonly Row[] {
  if (view === 'overview') return [];
  const { filter } = state.places[view];
  const rows = allRows(state, view);
  return filter === '' ? rows : rows.filter(rowFilter(filter, nowOf(state)).passes);
}

/** The sensor's own clock, by which times in a filter are meant. */
export function nowOf({ sensor }: ConsoleState): number {
  return sensor === undefined ? 0 : Date.parse(sensor.now);
}

/** Where the cursor is among them. */
export function cursorIn(rows: readonly Row[], { places, view }: ConsoleState): number {
  const { at } = places[view];
  const last = rows.length - 1;
  if (at === undefined) return follows(view) ? last : Math.min(0, last);
  const found = rows.findLastIndex(({ key }) => key === at);
  // What the cursor was on has gone: it was the oldest, or it is filtered away.
  return found === -1 ? Math.min(0, last) : found;
}

/** Whether the newest row, at the end, is what one looks at unless one looks at another. */
export function follows(view: ViewName): boolean {
  return view === 'messages' || view === 'sessions' || view === 'log';
}

function allRows(state: ConsoleState, view: ListName): readonly Row[] {
  const recent = shownRecent(state);
  switch (view) {
    case 'messages':
      return recent.messages;
    case 'sessions':
      return recent.sessions;
    case 'log':
      return recent.log;
    case 'probes':
      return state.probes.map((item) => listed(item.id, `${item.state} ${item.line}`, item));
    case 'outputs':
      return (state.sensor?.outputs ?? []).map((item) => listed(item.output, outputWords(item), item));
    case 'mailboxes':
      return state.mailboxes.map((item) => listed(item.mailbox, `${item.mailbox} ${item.phase}`, item));
    case 'campaigns':
      return state.campaigns.map((item) => ({ ...listed(item.code, campaignWords(item), item), time: item.last }));
    case 'cluster':
      return (state.cluster?.sensors ?? []).map((item) => listed(item.session, `${item.sensor} ${item.command}`, item));
    case 'rules':
      return Object.entries(state.sensor?.rules ?? {})
        .map(([name, figures]) => listed(name, `${name} ${figures.kind}`, { name, ...figures }))
        .sort((one, other) => other.item.hits - one.item.hits);
  }
}

function outputWords({
  output,
  paused,
  failingSince,
}: {
  output: string;
  paused: boolean;
  failingSince: string | null;
}) {
  return `${output} ${paused ? 'paused' : failingSince ? 'failing' : 'well'}`;
}

function campaignWords({ code, name, sample }: Campaign): string {
  return `${code} ${name} ${sample}`;
}

function listed<Item>(key: string, text: string, item: Item): Listed<Item> {
  return { key, words: () => text, item };
}
