import type { Reading } from '../console-state.ts';
import { blank, cell, line, span, type Line } from '../line.ts';
import type { Size } from '../size.ts';

/** Lines of a page that are seen at once: title, names of the pages and a blank line stay. */
export function linesWithin(rows: number): number {
  return Math.max(rows - 3, 1);
}

/** Something that is open, one of its pages. */
export function reading({ document, page, from }: Reading, { columns, rows }: Size): readonly Line[] {
  const { title, pages } = document;
  const shown = pages[page];
  const tabs = pages.map(({ name }, index) => span(` ${name} `, columns, index === page ? 'chosen' : 'dim'));
  const lines = shown?.lines ?? [];
  const room = linesWithin(rows);
  const end = Math.min(from + room, lines.length);
  const where = lines.length > room ? `${from + 1}–${end} of ${lines.length}` : '';
  return [
    line(title, columns, 'title'),
    [...tabs, cell('  ', 2), span(where, 24, 'dim')],
    blank,
    ...lines.slice(from, end).map((text) => line(text, columns)),
  ];
}
