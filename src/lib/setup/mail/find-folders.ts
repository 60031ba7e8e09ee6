import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systems as dovecotSystems } from '../dovecot/system.ts';
import { systems as postfixSystems } from '../postfix/system.ts';
import type { MailFolders } from './mail-files.ts';

export interface GivenFolders {
  readonly dir: string | undefined;
  readonly postfix: string | undefined;
  readonly dovecot: string | undefined;
}

/** The folders that are named, those below the one that setup-mailserver has made, or those of the system. */
export function findFolders({ dir, postfix, dovecot }: GivenFolders): MailFolders {
  if (postfix !== undefined || dovecot !== undefined) {
    return { postfix: postfix && resolve(postfix), dovecot: dovecot && resolve(dovecot) };
  }
  const made = resolve(dir ?? 'mailserver');
  if (dir !== undefined || existsSync(made)) {
    // A folder that setup-dovecot alone has made has its users at its root.
    if (existsSync(join(made, 'users'))) return { postfix: undefined, dovecot: made };
    return { postfix: join(made, 'postfix'), dovecot: join(made, 'dovecot') };
  }
  const name = process.platform === 'freebsd' ? 'freebsd' : 'debian';
  return { postfix: postfixSystems[name].configuration, dovecot: dovecotSystems[name].configuration };
}
