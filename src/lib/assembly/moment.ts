import { exitCodes, Fault } from '../errors.ts';
import { printableWithin } from '../text/printable.ts';
import { parseDuration } from '../text/units.ts';

/** A moment as people give it to a flag: a date, a date with a time, or how long ago it was. */
export function momentFrom(flag: string, text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined && /[a-z]/i.test(text)) return now - ago;
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new Fault(`${flag}: "${printableWithin(text, 60)}" is no time.`, {
    code: 'usage',
    fix: 'Write a date (2026-11-26, in UTC), a date with a time (2026-11-26T09:30), or how long ago it was (2h, 3d).',
    exit: exitCodes.usage,
  });
}
