import type { ConsoleState } from '../console-state.ts';
import { chosen, line, type Line } from '../line.ts';
import { cursorIn, rowsOf } from '../lists.ts';
import type { Row } from '../rows.ts';
import type { Size } from '../size.ts';

export interface ListView<Item extends Row> {
  readonly head: Line;
  readonly row: (item: Item) => Line;
  /** What is said where there is nothing. */
  readonly empty: string;
  /** Lines below the list about the row under the cursor. */
  readonly about?: (item: Item) => readonly Line[];
}

/** Rows under a head, as many as there is room for, around the cursor. */
export function list<Item extends Row>(
  state: ConsoleState,
  { columns, rows: height }: Size,
  { head, row, empty, about }: ListView<Item>,
): readonly Line[] {
  const rows = rowsOf(state) as readonly Item[];
  if (rows.length === 0) {
    const { filter } = state.places[state.view];
    return [head, line(filter === '' ? empty : 'Nothing that the filter lets through.', columns, 'dim')];
  }
  const cursor = cursorIn(rows, state);
  const below = about ? about(rows[cursor]!) : [];
  const room = Math.max(height - 1 - below.length, 1);
  const from = Math.max(0, Math.min(cursor - Math.floor(room / 2), rows.length - room));
  const shown = rows.slice(from, from + room).map((item, index) => {
    const made = row(item);
    return from + index === cursor ? chosen(made, columns) : made;
  });
  const gap = below.length === 0 ? [] : Array.from({ length: room - shown.length }, (): Line => []);
  return [head, ...shown, ...gap, ...below];
}
