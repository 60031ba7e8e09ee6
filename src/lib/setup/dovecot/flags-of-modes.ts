import { wrongFlag } from '../wrong-flag.ts';
import type { Mode } from './site.ts';
import type { Wishes } from './wishes.ts';

const monitorOnly = ['maildir'] as const;
const mailboxOnly = ['store', 'auth', 'sql-host', 'sql-user', 'sql-password-file', 'sql-database'] as const;
const mailserverOnly = ['postfix-queue', 'postmaster', 'quota', 'compress'] as const;

/** A flag that would mean nothing is a mistake, and no wish to be passed over. */
export function refuseForeignFlags(mode: Mode, wishes: Wishes): void {
  refuse(mode === 'monitor', monitorOnly, 'monitor', wishes);
  refuse(mode === 'mailbox', mailboxOnly, 'mailbox', wishes);
  refuse(mode === 'mailserver', mailserverOnly, 'mailserver', wishes);
  refuse(mode !== 'monitor', ['home'], 'mailbox or mailserver', wishes);
}

function refuse(isMeant: boolean, flags: readonly (keyof Wishes)[], mode: string, wishes: Wishes): void {
  const foreign = flags.find((flag) => wishes[flag] !== undefined);
  if (!isMeant && foreign !== undefined) {
    wrongFlag(`--${foreign}`, `it belongs to --mode ${mode}.`, `Leave it out, or choose --mode ${mode}.`);
  }
}
