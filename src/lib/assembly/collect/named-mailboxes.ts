import type { Mailbox } from '../../collect/mailbox.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { nearest } from '../../text/nearest.ts';
import { printableWithin } from '../../text/printable.ts';

/** Those of the mailboxes that are named; all of them when none is. */
export function namedMailboxes(mailboxes: readonly Mailbox[], names: readonly string[]): readonly Mailbox[] {
  if (mailboxes.length === 0) {
    throw new Fault('There are no mailboxes.', {
      code: 'collect.no-mailbox',
      fix: 'Name a mailbox file with --mailbox-config, or write mailboxes below collect: in the configuration.',
      exit: exitCodes.usage,
    });
  }
  if (names.length === 0) return mailboxes;
  return names.map((name) => {
    const found = mailboxes.find((mailbox) => mailbox.name === name);
    if (found) return found;
    const known = mailboxes.map((mailbox) => mailbox.name);
    const meant = nearest(name, known);
    throw new Fault(`There is no mailbox called ${printableWithin(name, 64)}.`, {
      code: 'mailboxes.unknown',
      fix: meant ? `Did you mean ${meant}?` : `There are: ${known.join(', ')}.`,
      exit: exitCodes.usage,
    });
  });
}
