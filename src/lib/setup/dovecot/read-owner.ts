import { statSync } from 'node:fs';
import { exitCodes, Fault, reason } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import { readId } from '../read-id.ts';
import { wrongFlag } from '../wrong-flag.ts';
import type { Owner, RunAs } from './site.ts';
import type { Wishes } from './wishes.ts';

type OwnerWishes = Pick<Wishes, 'uid' | 'gid'>;

/** Whoever the sensor runs as, unless it is said. */
export function ownerOfMaildir(maildir: string, wishes: OwnerWishes, runAs: RunAs): Owner {
  const found = statOf(maildir);
  const owner = { uid: readId('--uid', wishes.uid) ?? found.uid, gid: readId('--gid', wishes.gid) ?? found.gid };
  if (owner.uid === 0) {
    throw new Fault(`${printable(maildir)} belongs to root, as whom Dovecot reads no mail.`, {
      code: 'setup.owner',
      fix: 'Run the sensor as a user of its own, and give it its data directory: chown -R USER: DIRECTORY.',
      exit: exitCodes.usage,
    });
  }
  return allowed(owner, runAs);
}

/** The user to whom the mail of all belongs; a mail server of one's own is one's own. */
export function readOwner(wishes: OwnerWishes, runAs: RunAs): Owner {
  if (runAs.is === 'one') {
    const { uid, gid } = runAs;
    return allowed({ uid: readId('--uid', wishes.uid) ?? uid, gid: readId('--gid', wishes.gid) ?? gid }, runAs);
  }
  const uid = readId('--uid', wishes.uid);
  if (uid === undefined) {
    return wrongFlag('--uid', 'it is missing.', 'Make a user for mail (useradd --system vmail) and give its number.');
  }
  if (uid === 0)
    return wrongFlag('--uid', 'mail is never read as root.', 'Make a user for mail: useradd --system vmail.');
  return { uid, gid: readId('--gid', wishes.gid) ?? uid };
}

function allowed(owner: Owner, runAs: RunAs): Owner {
  if (runAs.is === 'root' || owner.uid === runAs.uid) return owner;
  return wrongFlag(
    '--uid',
    'only root can have Dovecot read mail as somebody else.',
    'Run this as that user, or as root.',
  );
}

function statOf(maildir: string): Owner {
  try {
    for (const part of ['cur', 'new', 'tmp']) statSync(`${maildir}/${part}`);
    return statSync(maildir);
  } catch (error) {
    throw new Fault(`${printable(maildir)} is no maildir: ${reason(error)}.`, {
      code: 'setup.maildir',
      fix: 'Start the sensor once, or name the folder maildir below its data directory with --maildir.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
}
