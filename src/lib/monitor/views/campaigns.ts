import type { ConsoleState } from '../console-state.ts';
import { cell, cellRight, span, type Line } from '../line.ts';
import type { Listed } from '../lists.ts';
import type { Campaign } from '../../index/campaigns/campaign.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

/** Messages that are one to whoever sent them, the largest first. */
export function campaigns(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const words = Math.max(columns - 11 - 10 - 9 - 9 - 18, 10);
  return list<Listed<Campaign>>(state, size, {
    head: [
      cell('campaign', 11, 'dim'),
      cellRight('messages', 10, 'dim'),
      cellRight('sources', 9, 'dim'),
      cellRight('an hour', 9, 'dim'),
      cellRight('last', 18, 'dim'),
      span('  name, or a subject', words, 'dim'),
    ],
    row: ({ item: { code, name, messages, sources, perHour, last, sample } }): Line => [
      cell(code, 11, 'accent'),
      cellRight(String(messages), 10),
      cellRight(String(sources), 9),
      cellRight(String(perHour), 9),
      cellRight(last.slice(5, 16).replace('T', ' '), 18, 'dim'),
      span(`  ${name === '' ? sample : `${name} (${sample})`}`, words, name === '' ? 'plain' : 'title'),
    ],
    empty: state.campaignsAre,
    about: ({ item: { first, last } }) => [
      [
        span(
          `first seen ${first.slice(0, 16).replace('T', ' ')}, last ${last.slice(0, 16).replace('T', ' ')} (UTC)`,
          columns,
          'dim',
        ),
      ],
      [span(state.campaignsAre, columns, 'dim')],
    ],
  });
}
