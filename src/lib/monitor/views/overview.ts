import { formatDuration, formatSize } from '../../text/units.ts';
import type { ConsoleState } from '../console-state.ts';
import type { IntakeFigures } from '../figures.ts';
import { blank, cell, cellRight, line, span, type Line, type Tone } from '../line.ts';
import type { SensorView } from '../sensor-view.ts';
import type { Size } from '../size.ts';
import { barRows, folded, sparkline } from '../../text/chart.ts';

const chartHeight = 4;

/** The whole sensor at a glance. */
export function overview({ sensor }: ConsoleState, { columns, rows }: Size): readonly Line[] {
  if (!sensor) return [line('The sensor is asked how it is …', columns, 'dim')];
  const top = [...intakes(sensor, columns), blank, ...histograms(sensor, columns), blank, ...means(sensor, columns)];
  return [...top, blank, ...alerts(sensor, { columns, rows: Math.max(rows - top.length - 1, 0) })];
}

function intakes({ intakes }: SensorView, columns: number): readonly Line[] {
  const wide = columns - 66;
  const head: Line = [
    cell('intake', 9, 'dim'),
    cellRight('a second', 9, 'dim'),
    cellRight('messages', 11, 'dim'),
    cellRight('bytes', 11, 'dim'),
    cellRight('open', 7, 'dim'),
    cellRight('logins', 9, 'dim'),
    cellRight('refused', 9, 'dim'),
    span('  last minute', Math.max(wide, 0), 'dim'),
  ];
  return [head, ...Object.entries(intakes).map(([name, figures]) => intake(name, figures, wide))];
}

function intake(name: string, figures: IntakeFigures, wide: number): Line {
  const { messages, bytes, open, logins, refused, rejected, bySecond } = figures;
  // The second that is under way is not over yet.
  const rate = average(bySecond.slice(-6, -1));
  const turned = refused + rejected;
  return [
    cell(name, 9, 'accent'),
    cellRight(rate >= 10 ? String(Math.round(rate)) : rate.toFixed(1), 9),
    cellRight(String(messages), 11),
    cellRight(formatSize(bytes), 11),
    cellRight(String(open), 7),
    cellRight(String(logins), 9),
    cellRight(String(turned), 9, turned > 0 ? 'warning' : 'plain'),
    span(`  ${sparkline(folded(bySecond, Math.max(Math.min(wide - 2, 60), 1)))}`, Math.max(wide, 0), 'good'),
  ];
}

function histograms({ intakes }: SensorView, columns: number): readonly Line[] {
  const all = Object.values(intakes);
  const hour = folded(together(all.map(({ byMinute }) => byMinute)), columns >= 96 ? 60 : 30);
  const day = together(all.map(({ byHour }) => byHour));
  const rows = barRows(hour, chartHeight);
  const dayRows = barRows(day, chartHeight);
  const title: Line = [
    cell(
      `last hour: ${sum(hour)}, at most ${Math.max(...hour, 0)} in ${60 / (hour.length || 60)} min`,
      hour.length + 14,
      'dim',
    ),
    span(`last day: ${sum(day)}, at most ${Math.max(...day, 0)} in 1 h`, columns - hour.length - 14, 'dim'),
  ];
  return [
    title,
    ...rows.map((row, index): Line => {
      return [cell(row, hour.length + 14, 'accent'), span(dayRows[index] ?? '', columns - hour.length - 14, 'accent')];
    }),
  ];
}

function means(sensor: SensorView, columns: number): readonly Line[] {
  const { journal, disk, memory, outputs, probes, refusing, now } = sensor;
  const lags = outputs.flatMap(({ oldest }) => (oldest === null ? [] : [Date.parse(now) - Date.parse(oldest)]));
  const lag = lags.length === 0 ? 'no output is behind' : `an output is ${formatDuration(Math.max(...lags, 0))} behind`;
  const failing = outputs.filter(({ failingSince }) => failingSince !== null).map(({ output }) => output);
  const isShort = disk.free < disk.total * 0.05;
  const third = Math.floor(columns / 3);
  return [
    [
      cell(`journal ${formatSize(journal?.bytes ?? 0)}`, third),
      cell(`disk ${formatSize(disk.free)} free`, third, isShort ? 'bad' : 'plain'),
      cell(`memory ${formatSize(memory.resident)}`, third),
    ],
    [
      cell(lag, third, lags.length > 0 ? 'warning' : 'plain'),
      cell(
        failing.length > 0 ? `failing: ${failing.join(', ')}` : 'no output fails',
        third,
        failing.length > 0 ? 'bad' : 'plain',
      ),
      cell(`probes: ${probes.held} held, ${probes.relayed} relayed`, third),
    ],
    ...(refusing === null ? [] : [line(`NO MAIL IS TAKEN: ${refusing}`, columns, 'bad')]),
  ];
}

function alerts({ alerts }: SensorView, { columns, rows }: Size): readonly Line[] {
  if (rows < 2) return [];
  if (alerts.length === 0) return [line('Nothing that an operator should know of.', columns, 'dim')];
  const tones: Readonly<Record<string, Tone>> = { warning: 'warning', error: 'bad' };
  return [
    line('what an operator should know, the newest first', columns, 'dim'),
    ...alerts
      .slice(-(rows - 1))
      .toReversed()
      .map(({ time, text, level }): Line => [
        span(`${time.slice(11, 19)}  `, 10, 'dim'),
        span(text, columns - 10, tones[level] ?? 'plain'),
      ]),
  ];
}

function together(series: readonly (readonly number[])[]): readonly number[] {
  const longest = Math.max(...series.map(({ length }) => length), 0);
  return Array.from({ length: longest }, (_, index) => sum(series.map((counts) => counts[index] ?? 0)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function average(counts: readonly number[]): number {
  return counts.length === 0 ? 0 : sum(counts) / counts.length;
}
