import { openImap } from '../../mailbox/imap/open-imap.ts';
import { openPop3 } from '../../mailbox/pop3/pop3-session.ts';
import type { OpenMailbox } from '../../mailbox/session.ts';

/** Logs in, in the protocol of the mailbox. */
export const openMailbox: OpenMailbox = (access, signal) => {
  return access.protocol === 'imap' ? openImap(access, signal) : openPop3(access, signal);
};
