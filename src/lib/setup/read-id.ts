import { quoted, wrongFlag } from './wrong-flag.ts';

/** The number of a user or of a group. */
export function readId(flag: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d{1,10}$/.test(given) && Number(given) < 2 ** 32 - 1) return Number(given);
  return wrongFlag(flag, `${quoted(given)} is no number of a user or group.`, 'Write a number, as "id USER" shows it.');
}
