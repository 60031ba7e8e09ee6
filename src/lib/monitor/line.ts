import stringWidth from 'string-width';
import { printableWithin } from '../text/printable.ts';

/** What something on the screen is to the reader; a terminal without colours shows only what is bold or inverse. */
export type Tone = 'plain' | 'dim' | 'good' | 'warning' | 'bad' | 'accent' | 'title' | 'chosen';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of the screen. Whatever is in it is safe to show, and no wider than it was made for. */
export type Line = readonly Span[];

export const blank: Line = [];

/** Text of any origin on a line of its own. */
export function line(text: string, columns: number, tone: Tone = 'plain'): Line {
  return [span(text, columns, tone)];
}

/** Text of any origin, cut to a width. The screen gets text by this way only. */
export function span(text: string, columns: number, tone: Tone = 'plain'): Span {
  return { text: printableWithin(text, Math.max(columns, 0)), tone };
}

/** The same, and filled up to the width. */
export function cell(text: string, columns: number, tone: Tone = 'plain'): Span {
  const shown = printableWithin(text, columns);
  return { text: shown + ' '.repeat(Math.max(columns - stringWidth(shown), 0)), tone };
}

/** The same, at the right end of its place. */
export function cellRight(text: string, columns: number, tone: Tone = 'plain'): Span {
  const shown = printableWithin(text, columns);
  return { text: ' '.repeat(Math.max(columns - stringWidth(shown), 0)) + shown, tone };
}

/** A line as it is when the cursor is on it: one bar from edge to edge. */
export function chosen(spans: Line, columns: number): Line {
  const text = spans.map(({ text }) => text).join('');
  return [{ text: text + ' '.repeat(Math.max(columns - stringWidth(text), 0)), tone: 'chosen' }];
}

export function widthOf(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + stringWidth(text), 0);
}

/** As much of it as fits: where a terminal is too narrow for the columns of a list, the last ones go. */
export function fitted(spans: Line, columns: number): Line {
  if (widthOf(spans) <= columns) return spans;
  let left = columns;
  return spans.flatMap(({ text, tone }) => {
    const shown = span(text, left, tone);
    left -= widthOf([shown]);
    return shown.text === '' ? [] : [shown];
  });
}
