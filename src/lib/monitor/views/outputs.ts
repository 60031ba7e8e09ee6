import { formatDuration, formatSize } from '../../text/units.ts';
import type { ConsoleState } from '../console-state.ts';
import { cell, cellRight, line, type Line } from '../line.ts';
import type { Listed } from '../lists.ts';
import type { OutputView } from '../sensor-view.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

/** Where messages go, how far each output is, and what is wrong with it. */
export function outputs(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const now = Date.parse(state.sensor?.now ?? '');
  const since = (moment: string) => formatDuration(Math.max(now - Date.parse(moment), 0));
  const rest = columns - 16 - 18 - 12 - 12 - 22;
  const head: Line = [
    cell('output', 16, 'dim'),
    cell('state', 18, 'dim'),
    cellRight('delivered', 12, 'dim'),
    cellRight('a minute', 12, 'dim'),
    cellRight('behind', 22, 'dim'),
    cellRight('set aside', Math.max(rest, 0), 'dim'),
  ];
  return list<Listed<OutputView>>(state, size, {
    head,
    row: ({ item }) => [
      cell(item.output, 16, 'accent'),
      stateCell(item, since),
      cellRight(String(item.delivered), 12),
      cellRight(String(item.lastMinute), 12),
      cellRight(item.oldest === null ? '' : `${formatSize(item.behindBytes)}, ${since(item.oldest)}`, 22, 'warning'),
      cellRight(item.quarantined > 0 ? String(item.quarantined) : '', Math.max(rest, 0), 'bad'),
    ],
    empty: 'It has no outputs.',
    about: ({ item: { lastError, output, quarantined } }) => [
      line(
        `last error: ${lastError ? `${since(lastError.at)} ago, attempt ${lastError.attempts}: ${lastError.detail}` : 'none'}`,
        columns,
        'dim',
      ),
      ...(quarantined > 0
        ? [line(`"spamtrap outputs quarantine list ${output}" shows what was set aside`, columns, 'dim')]
        : []),
    ],
  });
}

function stateCell({ paused, failingSince }: OutputView, since: (moment: string) => string) {
  if (paused) return cell('paused', 18, 'warning');
  return failingSince === null ? cell('well', 18, 'good') : cell(`failing for ${since(failingSince)}`, 18, 'bad');
}
