import type { Mailbox } from '../../collect/mailbox.ts';
import type { ExitCode } from '../../errors.ts';
import { showSteps, type ShownAs } from '../steps/show-steps.ts';
import { mailboxSteps } from './mailbox-steps.ts';

/** The whole of `spamtrap mailboxes test`. */
export function examineMailboxes(mailboxes: readonly Mailbox[], shown: ShownAs): Promise<ExitCode> {
  const examined = mailboxes.map((mailbox) => ({
    subject: mailbox.name,
    type: mailbox.access.protocol,
    ...mailboxSteps(mailbox),
  }));
  return showSteps(examined, shown);
}
