import type { Reading } from '../console-state.ts';
import { blank, cell, line, span, type Line } from '../line.ts';
import type { Size } from '../screen.ts';

/** Something that is open, one of its pages. */
export function reading({ document, page, from }: Reading, { columns, rows }: Size): readonly Line[] {
  const { title, pages } = document;
  const shown = pages[page];
  const tabs = pages.map(({ name }, index) => span(` ${name} `, columns, index === page ? 'chosen' : 'dim'));
  const lines = shown?.lines ?? [];
  const room = Math.max(rows - 3, 1);
  const end = Math.min(from + room, lines.length);
  const where = lines.length > room ? `${from + 1}–${end} of ${lines.length}` : '';
  return [
    line(title, columns, 'title'),
    fitted([...tabs, cell('  ', 2), span(where, 24, 'dim')], columns),
    blank,
    ...lines.slice(from, end).map((text) => line(text, columns)),
  ];
}

/** Pages that do not fit are reached all the same; their names are cut. */
function fitted(spans: Line, columns: number): Line {
  let left = columns;
  return spans.flatMap(({ text, tone }) => {
    const shown = span(text, left, tone);
    left -= shown.text.length;
    return shown.text === '' ? [] : [shown];
  });
}
