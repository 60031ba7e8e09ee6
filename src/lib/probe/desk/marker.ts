import { readFileSync } from 'node:fs';
import { errno, reason } from '../../errors.ts';
import { isoTime } from '../../text/time.ts';
import { DeskDamage } from './damage.ts';
import type { DeskLayout } from './layout.ts';
import { replaceFile } from '../../files/synced.ts';

const identityPattern = /^[0-9a-f]{32}$/;

/** Which database is the budget of this data directory; undefined while there has never been one. */
export function readMarker({ marker }: DeskLayout): string | undefined {
  let text: string;
  try {
    text = readFileSync(marker, 'latin1');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw new DeskDamage(`${marker}, which says which budget is the right one, cannot be read: ${reason(error)}`);
  }
  const [identity = ''] = text.split(/\s/, 1);
  if (identityPattern.test(identity)) return identity;
  throw new DeskDamage(`${marker} does not say which budget is the right one`);
}

export function writeMarker({ marker, database }: DeskLayout, identity: string, now: number): void {
  replaceFile(
    marker,
    `${identity} ${isoTime(now)}\nThe budget of this data directory is ${database}. While this file is here and that ` +
      'one is not,\nor is another one, nothing is relayed. It does not hurt to leave it, and it may hurt to remove it.\n',
  );
}
