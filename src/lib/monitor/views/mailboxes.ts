import { formatDuration } from '../../text/units.ts';
import type { ConsoleState } from '../console-state.ts';
import { cell, cellRight, line, type Line, type Tone } from '../line.ts';
import type { Listed } from '../lists.ts';
import type { MailboxView } from '../sensor-view.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

const phases: Readonly<Record<string, readonly [words: string, tone: Tone]>> = {
  connecting: ['connects', 'plain'],
  collecting: ['collects', 'good'],
  idle: ['told of new mail', 'good'],
  resting: ['well; not connected', 'good'],
  failing: ['failing', 'bad'],
  locked: ['login refused', 'bad'],
};

/** The mailboxes elsewhere, and how each stands. */
export function mailboxes(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const now = Date.parse(state.sensor?.now ?? '');
  const name = Math.max(columns - 21 - 10 - 14 - 14, 10);
  const head: Line = [
    cell('mailbox', name, 'dim'),
    cell('state', 21, 'dim'),
    cellRight('kept', 10, 'dim'),
    cellRight('last mail', 14, 'dim'),
    cellRight('next attempt', 14, 'dim'),
  ];
  return list<Listed<MailboxView>>(state, size, {
    head,
    row: ({ item }) => {
      const [words, tone] = phases[item.phase] ?? [item.phase, 'plain'];
      return [
        cell(item.mailbox, name, 'accent'),
        cell(words, 21, tone),
        cellRight(String(item.figures['kept'] ?? 0), 10),
        cellRight(item.lastMailAt ? `${ago(now, item.lastMailAt)} ago` : 'none yet', 14, 'dim'),
        cellRight(
          item.nextAttemptAt ? `in ${ago(Date.parse(item.nextAttemptAt), state.sensor?.now ?? '')}` : '',
          14,
          'warning',
        ),
      ];
    },
    empty: 'No mailboxes are collected. "collect.mailboxes" in the configuration names them.',
    about: ({ item: { lastFault, folders, missing } }) => [
      line(
        `folders: ${folders.join(', ') || 'none yet'}${missing.length > 0 ? `; not there: ${missing.join(', ')}` : ''}`,
        columns,
        'dim',
      ),
      line(
        lastFault ? `last error ${ago(now, lastFault.at)} ago: ${lastFault.detail}` : 'no error',
        columns,
        lastFault ? 'warning' : 'dim',
      ),
    ],
  });
}

function ago(now: number, moment: string): string {
  return formatDuration(Math.max(Math.round((now - Date.parse(moment)) / 1000) * 1000, 0));
}
