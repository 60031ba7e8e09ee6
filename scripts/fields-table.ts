import { fields } from '../src/lib/query/fields.ts';

const begin = '<!-- fields -->\n';
const end = '<!-- /fields -->';

/** The document with the table of all fields of a filter, as the source has them. */
export function withFieldsTable(document: string): string {
  const rows = Object.entries(fields).map(([name, { about, example }]) => [`\`${name}:\``, about, `\`${example}\``]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length), 7));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const head = [line(['field', 'what it asks for', 'example']), line(widths.map((width) => '-'.repeat(width)))];
  const table = ['', ...head, ...rows.map(line), '', ''].join('\n');
  return `${document.slice(0, document.indexOf(begin) + begin.length)}${table}${document.slice(document.indexOf(end))}`;
}
