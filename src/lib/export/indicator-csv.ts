import { csvLine } from '../text/csv.ts';
import { defanged } from '../text/defang.ts';
import type { Indicator } from './indicator.ts';

export const indicatorHead = csvLine([
  'type',
  'value',
  'messages',
  'first_seen',
  'last_seen',
  'file_name',
  'campaigns',
]);

export type Writing = 'as-is' | 'defanged';

export function indicatorRow(indicator: Indicator, writing: Writing): string {
  const { kind, value, count, first, last, fileName, campaigns } = indicator;
  return csvLine([
    kind,
    writing === 'defanged' && kind !== 'subject' && kind !== 'sha256' ? defanged(value) : value,
    count,
    new Date(first).toISOString(),
    new Date(last).toISOString(),
    fileName,
    campaigns.join(' '),
  ]);
}
