import type { Result } from './result.ts';
import type { Row, Target } from './row.ts';

const heading = ['row', 'ours', 'peer', 'each round', 'median', 'target', ''];
const leftAligned = new Set([0, 6]);

/** The results as aligned columns. */
export function table(results: readonly Result[]): string {
  const lines = [heading, ...results.map(cells)];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          leftAligned.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ row, verdict, measured, median, why }: Result): string[] {
  return [
    row.name,
    part(median?.ours, row),
    part(median?.peer, row),
    measured.map(({ value }) => figure(value)).join(' '),
    median ? withUnit(median.value, row.unit) : '',
    row.target ? targetText(row.target, row.unit) : '',
    why === undefined ? (verdict === 'no target' ? '' : verdict) : `${verdict}: ${why}`,
  ];
}

export function targetText(target: Target, unit: string): string {
  return 'atLeast' in target ? `≥ ${withUnit(target.atLeast, unit)}` : `≤ ${withUnit(target.atMost, unit)}`;
}

function part(value: number | undefined, { partsUnit }: Row): string {
  if (value === undefined) return '';
  return partsUnit === '/s' ? `${figure(value)}/s` : withUnit(value, partsUnit ?? '');
}

function withUnit(value: number, unit: string): string {
  return unit === 'x' || unit === '' ? `${figure(value)}${unit}` : `${figure(value)} ${unit}`;
}

/** Three digits that count; more would claim a precision that is not there. */
function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  if (size >= 10) return value.toFixed(1).replace(/\.0$/, '');
  return value.toFixed(size < 1 ? 3 : 2).replace(/\.?0+$/, '');
}
