import { Html, markup } from './html.ts';

const width = 960;
const height = 220;
const left = 52;
const top = 10;
const bottom = 24;

export interface Series {
  readonly name: string;
  readonly counts: readonly number[];
}

/** Bars over time, one part for each series. */
export function barsOverTime(times: readonly string[], series: readonly Series[], stepMs: number): Html {
  const totals = times.map((_, at) => series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  const most = niceMost(totals.reduce((a, b) => Math.max(a, b), 1));
  const room = (width - left) / Math.max(times.length, 1);
  const high = (count: number) => (count / most) * (height - top - bottom);
  const bars = times.flatMap((time, at) => {
    let base = height - bottom;
    return series.flatMap(({ name, counts }, number) => {
      const count = counts[at] ?? 0;
      if (count === 0) return [];
      base -= high(count);
      return markup`<rect
        class="f${number % 4}"
        x="${places(left + at * room)}"
        y="${places(base)}"
        width="${places(Math.max(room - 1, 0.5))}"
        height="${places(Math.max(high(count), 0.5))}"
        ><title>${label(time, stepMs)}: ${count} ${name}</title></rect
      >`;
    });
  });
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="Messages over time">
      ${[...gridLines(most, high), ...timeLabels(times, room, stepMs), ...bars]}</svg
    >${legend(series)}`;
}

/** A bar that says how much of the most something is. */
export function shareBar(count: number, most: number): Html {
  return markup`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="f0" x="0" y="1" width="${places((count / Math.max(most, 1)) * 100)}" height="8" />
  </svg>`;
}

function legend(series: readonly Series[]): Html {
  const entries = series.map(({ name, counts }, number) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return markup`<span
      ><svg viewBox="0 0 10 10"><rect class="f${number % 4}" width="10" height="10" /></svg> ${name} (${total})</span
    >`;
  });
  return markup`<div class="legend">${entries}</div>`;
}

function gridLines(most: number, high: (count: number) => number): Html[] {
  return [0, 0.5, 1].map((share) => {
    const y = height - bottom - high(most * share);
    return markup`<line class="axis" x1="${left}" x2="${width}" y1="${places(y)}" y2="${places(y)}" /><text
        class="label"
        x="${left - 6}"
        y="${places(y + 4)}"
        text-anchor="end"
        >${Math.round(most * share)}</text
      >`;
  });
}

function timeLabels(times: readonly string[], room: number, stepMs: number): Html[] {
  const every = Math.max(1, Math.ceil(times.length / 8));
  return times.flatMap((time, at) =>
    at % every === 0
      ? markup`<text class="label" x="${places(left + at * room)}" y="${height - 6}">${label(time, stepMs)}</text>`
      : [],
  );
}

function label(time: string, stepMs: number): string {
  return stepMs >= 864e5 ? time.slice(5, 10) : `${time.slice(5, 10)} ${time.slice(11, 16)}`;
}

/** 1, 2 or 5 times a power of ten, at or above the count. */
function niceMost(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= count) ?? count;
}

function places(value: number): string {
  return String(Math.round(value * 100) / 100);
}
