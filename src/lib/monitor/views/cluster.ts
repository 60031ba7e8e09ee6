import type { MemberView } from '../cluster-view.ts';
import { formatSize } from '../../text/units.ts';
import type { ConsoleState } from '../console-state.ts';
import { cell, cellRight, line, span, type Line } from '../line.ts';
import type { Listed } from '../lists.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

/** The sensors that belong together, and below them the streams and what they share. */
export function cluster(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const name = Math.max(columns - 16 - 11 - 11 - 13 - 13, 10);
  const view = state.cluster;
  return list<Listed<MemberView>>(state, size, {
    head: [
      cell('sensor', name, 'dim'),
      cell('command', 16, 'dim'),
      cellRight('messages', 11, 'dim'),
      cellRight('a minute', 11, 'dim'),
      cellRight('behind', 13, 'dim'),
      cellRight('mailboxes', 13, 'dim'),
    ],
    row: ({ item: { sensor, command, accepted, lastMinute, outputs, mailboxes } }): Line => {
      const behind = outputs.reduce((most, { behindBytes }) => Math.max(most, behindBytes), 0);
      const failing = outputs.some((output) => output.failing);
      return [
        cell(sensor, name, 'accent'),
        cell(command, 16),
        cellRight(String(accepted), 11),
        cellRight(String(lastMinute), 11),
        cellRight(failing ? 'failing' : formatSize(behind), 13, failing ? 'bad' : 'plain'),
        cellRight(mailboxes ? `${mailboxes.held} of ${mailboxes.named}` : '', 13),
      ];
    },
    empty: state.clusterIs,
    about: () => [
      ...(view?.streams ?? []).slice(0, 3).map((stream): Line => {
        const { messages, bytes, maxBytes, replicas, leader, missing, consumers } = stream;
        const room = maxBytes === null ? '' : ` of ${formatSize(maxBytes)}`;
        const lag = consumers.map(({ consumer, pending, unconfirmed }) => `${consumer} ${pending}+${unconfirmed}`);
        const words = [
          `stream ${stream.stream}: ${messages} messages, ${formatSize(bytes)}${room}, ${replicas} copies`,
          ...(leader === null ? [] : [`led by ${leader}`]),
          ...(missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
          ...(lag.length > 0 ? [`behind: ${lag.join(', ')}`] : []),
        ];
        return line(words.join('; '), columns, missing.length > 0 ? 'warning' : 'dim');
      }),
      [span(view ? `${view.leases.held} of ${view.leases.total} shared mailboxes are collected` : '', columns, 'dim')],
    ],
  });
}
