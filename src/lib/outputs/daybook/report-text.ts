import type { ScanSign } from '../../capture/capture.ts';
import { printableWithin } from '../../text/printable.ts';
import { table, type Alignment } from '../../text/table.ts';
import { formatSize } from '../../text/units.ts';
import type { CredentialPair } from './counted-values.ts';
import type { DayReport, ProbeFate } from './day-report.ts';
import type { Ranked, Top, TopValues } from './summary.ts';

const mostRows = 40;
const widest = 60;

const scanWords: Readonly<Record<ScanSign, string>> = {
  silent: 'said nothing',
  foreign: 'spoke another protocol',
  login: 'tried to log in',
  relayTest: 'tried recipients',
  userTest: 'asked for users',
  features: 'looked around',
};

/** The report for people: peers' words made safe, and no line that one of them could begin. */
export function reportText(report: DayReport): string {
  const { day, sensor, sources, credentials, helo, recipientDomains } = report;
  const sections = [
    [`Logs from ${day}, ${shown(sensor)}`],
    section('In short', overview(report)),
    section('Probes', probes(report)),
    section('Rules', rules(report)),
    section('Sessions, by address', values(sources.sessions.addresses)),
    section('Sessions, by network', values(sources.sessions.networks)),
    section('Messages, by address', values(sources.messages.addresses)),
    section('Messages, by network', values(sources.messages.networks)),
    section('Credentials', pairs(credentials.pairs)),
    section('Names that peers gave themselves', values(helo)),
    section('Domains of recipients', values(recipientDomains)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function overview({ messages, sessions, credentials, probes }: DayReport): string[] {
  const scans = Object.entries(sessions.scans).filter(([, count]) => count > 0);
  return table(
    [
      ['messages', number(messages.count), formatSize(messages.bytes)],
      ['  of them only as evidence', number(messages.withoutContent)],
      ['sessions', number(sessions.count)],
      ['  with messages', number(sessions.withMessages)],
      ...scans.map(([sign, count]) => [`  ${scanWords[sign as ScanSign]}`, number(count)]),
      ['credentials tried', number(credentials.tried)],
      ['  accepted', number(credentials.accepted)],
      ['probes', number(probes.count)],
    ],
    ['left', 'right', 'left'],
  );
}

function probes({ probes: { fates, leftOut } }: DayReport): string[] {
  const rows = fates.slice(-mostRows).map((fate) => [...probeRow(fate)]);
  const earlier = leftOut + fates.length - rows.length;
  return [
    ...(earlier > 0 ? [`and ${number(earlier)} earlier`] : []),
    ...table(rows, ['left', 'left', 'left', 'left', 'left', 'left']),
  ];
}

function probeRow({ at, id, rule, recipients, fate, reason }: ProbeFate): readonly string[] {
  const [first = 'nobody', ...others] = recipients;
  const more = others.length > 0 ? ` +${others.length}` : '';
  return [second(at), shown(id), `${shown(first)}${more}`, shown(rule), shown(fate), shown(reason)];
}

function rules({ rules }: DayReport): string[] {
  const rows = rules
    .slice(0, mostRows)
    .map(({ rule, kind, count, lastAt }) => [number(count), kind, shown(rule), `last ${second(lastAt)}`]);
  const more = rules.length - rows.length;
  return [...table(rows, ['right', 'left', 'left', 'left']), ...(more > 0 ? [`and ${number(more)} more`] : [])];
}

function values(top: TopValues): string[] {
  return ranking(top, ({ value }) => [value === '' ? '(none)' : shown(value)], ['left']);
}

function pairs(top: Top<CredentialPair>): string[] {
  const word = (text: string | null) => (text === null ? '(none)' : shown(text));
  return ranking(top, ({ user, password }) => [word(user), word(password)], ['left', 'left']);
}

function ranking<Item>(
  { top, error }: Top<Item>,
  cells: (item: Item) => readonly string[],
  columns: readonly Alignment[],
): string[] {
  // In a flood of values that all differ, most counts are hardly more than their own error.
  const rows = top.filter(({ count, over }) => over * 2 <= count).map((item) => [counted(item), ...cells(item)]);
  const note = error > 0 ? [`~ at most so many; what came no more than ${number(error)} times may be missing`] : [];
  return [...table(rows, ['right', ...columns]), ...note];
}

function counted({ count, over }: Ranked): string {
  return `${over > 0 ? '~' : ''}${number(count)}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function second(time: string): string {
  return `${shown(time).slice(0, 19).replace('T', ' ')}Z`;
}

function shown(text: string): string {
  return printableWithin(text, widest);
}
