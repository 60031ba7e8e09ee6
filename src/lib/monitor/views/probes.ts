import type { ConsoleState } from '../console-state.ts';
import { cell, line, span, type Line } from '../line.ts';
import type { Listed } from '../lists.ts';
import type { ProbeView } from '../sensor-view.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

/** The desk where probes wait for a decision. */
export function probes(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  return list<Listed<ProbeView>>(state, size, {
    head: line('a approves, d denies; the plan is shown before anything is done', columns, 'dim'),
    row: ({ item }) => [cell(item.state, 12, 'warning'), span(item.line, columns - 12)],
    empty: 'Nothing waits on the desk.',
  });
}
