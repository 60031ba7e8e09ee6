import type { Found } from '../../index/found.ts';
import { csvLine } from '../../text/csv.ts';

type Column = readonly [name: string, cell: (found: Found) => string | number | undefined];

const several = (values: readonly string[]) => values.join(' ');

const columns: readonly Column[] = [
  ['time', ({ time }) => time],
  ['id', ({ id }) => id],
  ['kind', ({ kind }) => kind],
  ['intake', ({ intake }) => intake],
  ['peer', ({ peer }) => peer],
  ['country', ({ country }) => country],
  ['network', ({ network }) => network],
  ['helo', ({ helo }) => helo],
  ['from', ({ from }) => from],
  ['to', ({ to }) => several(to)],
  ['recipients', ({ recipients }) => recipients],
  ['subject', ({ subject }) => subject],
  ['size', ({ size }) => size],
  ['sha256', ({ sha256 }) => sha256],
  ['rules', ({ rules }) => several(rules)],
  ['tags', ({ tags }) => several(tags)],
  ['campaign', ({ campaign }) => campaign],
  ['probe', ({ probe }) => probe],
  ['hosts', ({ hosts }) => several(hosts)],
  ['urls', ({ urls }) => several(urls)],
  ['attachments', ({ attachments }) => several(attachments.map(({ sha256 }) => sha256))],
  ['logins', ({ logins }) => several(logins)],
];

export const csvHead = csvLine(columns.map(([name]) => name));

export function csvRow(found: Found): string {
  return csvLine(columns.map(([, cell]) => cell(found)));
}
