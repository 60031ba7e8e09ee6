import { resolve } from 'node:path';
import { printable } from '../text/printable.ts';
import { wrongFlag } from './wrong-flag.ts';

/** An absolute path that means nothing but itself in whatever configuration it stands. */
export function plainPath(flag: string, given: string): string {
  const path = resolve(given);
  if (/^[\w./@+-]+$/.test(path)) return path;
  return wrongFlag(
    flag,
    `${printable(path)} has characters that mean something in a configuration.`,
    'Use a path of letters, digits and . _ - + @ only.',
  );
}
