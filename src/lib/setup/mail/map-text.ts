// The text of a map of Postfix, or of a file of users of Dovecot: lines with a key, and comments of the operator's.

/** How key and value are told apart in a kind of file. */
export interface Format {
  readonly separator: ':' | ' ';
}

export const postfixMap: Format = { separator: ' ' };
export const userFileFormat: Format = { separator: ':' };

export interface Row {
  readonly key: string;
  readonly value: string;
}

export function rowsIn(text: string, format: Format): Row[] {
  return logicalLines(text).flatMap(({ lines }) => rowOf(lines.join(' '), format) ?? []);
}

/** The same text with this row, in the place of one with its key or at the end. */
export function withRow(text: string, row: Row, format: Format): string {
  const line = `${row.key}${format.separator}${row.value}`;
  let isPlaced = false;
  const lines = logicalLines(text).flatMap((logical) => {
    if (rowOf(logical.lines.join(' '), format)?.key !== row.key) return logical.lines;
    const replaced = isPlaced ? [] : [line];
    isPlaced = true;
    return replaced;
  });
  return joined(isPlaced ? lines : [...lines, line]);
}

export function withoutRow(text: string, key: string, format: Format): string {
  return joined(logicalLines(text).flatMap(({ lines }) => (rowOf(lines.join(' '), format)?.key === key ? [] : lines)));
}

interface LogicalLine {
  readonly lines: string[];
}

/** Postfix continues a line with one that begins with blanks. */
function logicalLines(text: string): LogicalLine[] {
  const found: LogicalLine[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const last = found.at(-1);
    if (/^[ \t]+[^#\s]/.test(line) && last && !/^\s*(?:#|$)/.test(last.lines[0]!)) last.lines.push(line);
    else found.push({ lines: [line] });
  }
  return found;
}

function rowOf(line: string, { separator }: Format): Row | undefined {
  if (/^\s*(?:#|$)/.test(line)) return undefined;
  const parts = separator === ':' ? /^([^:]+):(.*)$/.exec(line) : /^(\S+)\s+(.*?)\s*$/.exec(line);
  return parts ? { key: parts[1]!, value: parts[2]! } : undefined;
}

function joined(lines: readonly string[]): string {
  const text = lines.join('\n');
  return text === '' ? '' : `${text}\n`;
}
