import { formatDuration } from '../text/units.ts';
import { shownRecent, viewNames, type ConsoleState, type ViewName } from './console-state.ts';
import { campaigns } from './views/campaigns.ts';
import { cluster } from './views/cluster.ts';
import { blank, cell, cellRight, fitted, span, widthOf, type Line } from './line.ts';
import { rowFilter } from './filter.ts';
import { nowOf, rowsOf } from './lists.ts';
import type { Size } from './size.ts';
import { help } from './views/help.ts';
import { log } from './views/log.ts';
import { mailboxes } from './views/mailboxes.ts';
import { messages } from './views/messages.ts';
import { outputs } from './views/outputs.ts';
import { overview } from './views/overview.ts';
import { probes } from './views/probes.ts';
import { reading } from './views/reading.ts';
import { rules } from './views/rules.ts';
import { sessions } from './views/sessions.ts';

const views: Readonly<Record<ViewName, (state: ConsoleState, size: Size) => readonly Line[]>> = {
  overview,
  messages,
  sessions,
  probes,
  outputs,
  mailboxes,
  rules,
  log,
  campaigns,
  cluster,
};

/** Title, tabs, what is said, and the keys. */
const frame = 4;

/** Rows of what stands between the frame, and with that what a page is. */
export function bodyRows({ rows }: Size): number {
  return Math.max(rows - frame, 1);
}

/** The whole screen, exactly as many lines as it has, none wider than it is. */
export function screen(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const body = { columns, rows: bodyRows(size) };
  const shown = inside(state, body).slice(0, body.rows);
  const filled = [...shown, ...Array.from({ length: body.rows - shown.length }, () => blank)];
  const lines = [title(state, columns), tabs(state, columns), ...filled, saying(state, columns), keys(state, columns)];
  return lines.slice(0, Math.max(size.rows, 1)).map((line) => fitted(line, columns));
}

function inside(state: ConsoleState, size: Size): readonly Line[] {
  if (state.help === 'shown') return help(size);
  if (state.reading) return reading(state.reading, size);
  return views[state.view](state, size);
}

function title({ sensor, gone, frozen, recent }: ConsoleState, columns: number): Line {
  const what = sensor ? `spamtrap ${sensor.command} ${sensor.version}` : 'spamtrap';
  const life = gone ?? (sensor?.stopping ? `stopping: ${sensor.stopping}` : sensor?.ready === false ? 'starting' : '');
  const up = sensor ? `up ${formatDuration(wholeSeconds(sensor.startedAt, sensor.now))}` : '';
  const left = [what, life, frozen ? `paused, ${recent.events - frozen.events} events wait` : ''].filter(
    (word) => word !== '',
  );
  const width = Math.max(columns - 14, 0);
  return [cell(` ${left.join(' · ')}`, width, 'chosen'), cellRight(`${up} `, columns - width, 'chosen')];
}

const shortName = 5;

function tabs({ view, places }: ConsoleState, columns: number): Line {
  let left = columns;
  const whole = viewNames.reduce((sum, name) => sum + name.length + 3, 0);
  return viewNames.flatMap((name, index) => {
    const mark = places[name].filter === '' ? '' : '*';
    // On a narrow screen the names of the others give way, so that all numbers are to be seen.
    const words = name === view || whole <= columns ? name : name.slice(0, shortName);
    const shown = span(`${(index + 1) % 10} ${words}${mark}`, left, name === view ? 'title' : 'dim');
    left -= widthOf([shown]) + 1;
    return left < -1 ? [] : [shown, span(' ', left + 1)];
  });
}

function saying(state: ConsoleState, columns: number): Line {
  const { typing, question, said, view, places } = state;
  if (question) return [span(question.text, columns, 'warning')];
  if (typing) return [span(`${typing.kind === 'filter' ? '/' : ':'}${typing.text}▏`, columns, 'accent')];
  if (said !== '') return [span(said, columns, 'warning')];
  const { filter } = places[view];
  if (filter === '') return blank;
  const { fault } = rowFilter(filter, nowOf(state));
  if (fault !== undefined) return [span(`/${filter}  ${fault} It is taken as text.`, columns, 'warning')];
  return [span(`/${filter}  ${rowsOf(state).length} of ${countOf(state)}`, columns, 'accent')];
}

function countOf(state: ConsoleState): number {
  const { view, places } = state;
  return rowsOf({ ...state, places: { ...places, [view]: { ...places[view], filter: '' } } }).length;
}

const hints: Partial<Record<ViewName, string>> = {
  messages: 'enter open · s save · y copy sha256 · ',
  sessions: 'enter what was said · ',
  probes: 'enter look · a approve · d deny · ',
  outputs: 'p pause, go on · r try now · R rewind · ',
  rules: 'r read them anew · ',
  campaigns: 'enter open · ',
  mailboxes: 'r try now · R collect again · ',
};

function keys(state: ConsoleState, columns: number): Line {
  if (state.gone !== undefined) return [span(' q leaves', columns, 'dim')];
  if (state.reading) {
    const { what } = state.reading.effect;
    const more = what === 'message' ? ' · s save · y copy sha256' : what === 'probe' ? ' · a approve · d deny' : '';
    return [span(` ↑ ↓ move · ← → pages · esc back${more} · ? help`, columns, 'dim')];
  }
  const hint = hints[state.view] ?? '';
  const waiting = shownRecent(state) === state.recent ? 'space pause' : 'space go on';
  return [span(` ${hint}/ filter · ${waiting} · : command · ? help · q leave`, columns, 'dim')];
}

function wholeSeconds(from: string, to: string): number {
  return Math.max(Math.floor((Date.parse(to) - Date.parse(from)) / 1000), 0) * 1000;
}
