import stringWidth from 'string-width';

export type Alignment = 'left' | 'right';

/** Rows as lines, with the columns under each other and two blanks between them. What is in them has to be printable. */
export function table(rows: readonly (readonly string[])[], columns: readonly Alignment[]): string[] {
  const widths = columns.map((_, column) => Math.max(0, ...rows.map((row) => stringWidth(row[column] ?? ''))));
  return rows.map((row) =>
    columns
      .map((alignment, column) => aligned(row[column] ?? '', widths[column]!, alignment))
      .join('  ')
      .trimEnd(),
  );
}

function aligned(cell: string, width: number, alignment: Alignment): string {
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(cell)));
  return alignment === 'left' ? cell + blanks : blanks + cell;
}
