import { cell, line, span, type Line } from '../line.ts';
import { keyHelp } from '../press.ts';
import type { Size } from '../size.ts';

/** What every key does. */
export function help({ columns, rows }: Size): readonly Line[] {
  const width = Math.min(30, Math.floor(columns / 2));
  const lines: Line[] = [
    line('what the keys do; any key goes back', columns, 'title'),
    ...keyHelp.map(([keys, words]): Line => [cell(keys, width, 'accent'), span(words, columns - width)]),
  ];
  return lines.slice(0, rows);
}
