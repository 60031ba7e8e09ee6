import { parseDuration } from './units.ts';

/**
 * A moment as people write it: a date (in UTC), a date with a time, or how long ago it was (`2h`, `3d`). Undefined when
 * it is none.
 */
export function parseMoment(text: string, now: number): number | undefined {
  const ago = parseDuration(text);
  if (ago !== undefined && /[a-z]/i.test(text)) return now - ago;
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** Whether a moment is written as a whole day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}
