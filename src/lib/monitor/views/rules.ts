import type { ConsoleState } from '../console-state.ts';
import type { RuleFigures } from '../figures.ts';
import { cell, cellRight, span, type Line } from '../line.ts';
import type { Listed } from '../lists.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

type RuleItem = RuleFigures & { readonly name: string };

/** The rules that matched, the busiest first. */
export function rules(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const name = Math.max(columns - 12 - 12 - 12, 10);
  return list<Listed<RuleItem>>(state, size, {
    head: [
      cell('rule', name, 'dim'),
      cell('kind', 12, 'dim'),
      cellRight('hits', 12, 'dim'),
      cellRight('last', 12, 'dim'),
    ],
    row: ({ item }): Line => [
      cell(item.name, name, 'accent'),
      cell(item.kind, 12),
      cellRight(String(item.hits), 12),
      span(`  ${item.lastAt.slice(11, 19)}`, 12, 'dim'),
    ],
    empty: 'No rule has matched since the start.',
  });
}
