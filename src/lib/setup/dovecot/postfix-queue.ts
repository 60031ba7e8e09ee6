import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../text/printable.ts';
import { wrongFlag } from '../wrong-flag.ts';
import type { Site } from './site.ts';

/** Dovecot puts its sockets where Postfix looks for them, and makes no folder for that. */
export function refuseMissingQueue(site: Site): void {
  if (site.mode !== 'mailserver') return;
  const path = join(site.postfixQueue, 'private');
  if (existsSync(path)) return;
  wrongFlag(
    '--postfix-queue',
    `${printable(path)} is not there.`,
    'Install Postfix first, name the queue directory of the one that is meant, or use setup-mailserver.',
  );
}
