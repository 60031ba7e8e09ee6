import { describe } from '../../events/describe.ts';
import type { ConsoleState } from '../console-state.ts';
import { cell, span, type Line, type Tone } from '../line.ts';
import type { LogRow } from '../rows.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

const tones: Readonly<Record<LogRow['level'], Tone>> = { info: 'plain', warning: 'warning', error: 'bad' };

/** Everything that was told, the newest last. */
export function log(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const name = columns >= 100 ? 20 : 0;
  return list<LogRow>(state, size, {
    head: [cell('time', 10, 'dim'), cell('event', name, 'dim'), span('what it says', columns - 10 - name, 'dim')],
    row: ({ time, event, level, told }): Line => [
      cell(time.slice(11, 19), 10, 'dim'),
      cell(event, name, 'accent'),
      span(describe(told), columns - 10 - name, tones[level]),
    ],
    empty: 'Nothing was told yet.',
  });
}
