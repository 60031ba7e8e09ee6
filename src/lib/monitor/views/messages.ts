import { formatSize } from '../../text/units.ts';
import type { ConsoleState } from '../console-state.ts';
import { cell, cellRight, span, type Line } from '../line.ts';
import type { MessageRow } from '../rows.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

/** The messages that came, the newest last. */
export function messages(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const widths = widthsWithin(columns);
  const head: Line = [
    cell('time', 9, 'dim'),
    cell('source', widths.source, 'dim'),
    cell(' from', widths.address, 'dim'),
    cell(' to', widths.address, 'dim'),
    cellRight('size', 10, 'dim'),
    cell('  subject', widths.subject, 'dim'),
    span(widths.marks > 0 ? ' tags, rules' : '', widths.marks, 'dim'),
  ];
  return list<MessageRow>(state, size, {
    head,
    row: (row) => messageLine(row, widths),
    empty: 'No message yet. "spamtrap demo" in another window makes some.',
  });
}

interface Widths {
  readonly source: number;
  readonly address: number;
  readonly subject: number;
  readonly marks: number;
}

function widthsWithin(columns: number): Widths {
  const left = columns - 9 - 10;
  const source = columns >= 120 ? 30 : 16;
  const marks = columns >= 120 ? Math.floor(left * 0.2) : 0;
  const address = Math.floor((left - source - marks) * (columns >= 120 ? 0.25 : 0.28));
  return { source, address, marks, subject: left - source - marks - 2 * address };
}

function messageLine(row: MessageRow, { source, address, subject, marks }: Widths): Line {
  const { time, peer, place, from, to, recipients, size, tags, rules } = row;
  const more = recipients > 1 ? ` +${recipients - 1}` : '';
  return [
    cell(time.slice(11, 19), 9, 'dim'),
    cell(place === '' ? peer : `${peer} ${place}`, source),
    cell(` ${from || '<>'}`, address),
    cell(` ${to}${more}`, address),
    cellRight(formatSize(size), 10, 'dim'),
    cell(`  ${row.subject}`, subject, 'accent'),
    span(` ${[...tags.map((tag) => `#${tag}`), ...rules].join(' ')}`, marks, 'warning'),
  ];
}
