import { exitCodes, Fault } from '../errors.ts';
import { parseMoment } from '../text/moment.ts';
import { printableWithin } from '../text/printable.ts';

/** A moment as people give it to a flag. */
export function momentFrom(flag: string, text: string, now: number): number {
  const moment = parseMoment(text, now);
  if (moment !== undefined) return moment;
  throw new Fault(`${flag}: "${printableWithin(text, 60)}" is no time.`, {
    code: 'usage',
    fix: 'Write a date (2026-11-26, in UTC), a date with a time (2026-11-26T09:30), or how long ago it was (2h, 3d).',
    exit: exitCodes.usage,
  });
}
