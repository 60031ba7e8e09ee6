import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { printable } from '../text/printable.ts';
import { wrongFlag } from './wrong-flag.ts';

/** Servers that root starts run as users of their own, who have to be able to get into their folder. */
export function refuseClosedFolders(flag: string, folder: string): void {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    if (!existsSync(path) || (statSync(path).mode & 0o001) !== 0) continue;
    wrongFlag(
      flag,
      `${printable(path)} can be entered by its owner alone, and the servers run as users of their own.`,
      'Choose a folder elsewhere, such as /srv/mail.',
    );
  }
}
