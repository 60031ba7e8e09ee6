import { mailAddress } from '../names.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import type { Wishes } from './wishes.ts';

export function readMailboxes(given: Wishes['mailbox'] = [], domains: readonly string[]): string[] {
  const mailboxes = given.map((text) => {
    const address = mailAddress(text);
    if (address === undefined) {
      return wrongFlag(
        '--mailbox',
        `${quoted(text)} is no plain mail address.`,
        'Write addresses such as adam@example.org.',
      );
    }
    if (!domains.includes(address.slice(address.indexOf('@') + 1))) {
      return wrongFlag(
        '--mailbox',
        `${quoted(text)} is in none of the domains.`,
        'Name its domain with --domains too.',
      );
    }
    return address;
  });
  return [...new Set(mailboxes)];
}

export function readCatchAll(given: string, mailboxes: readonly string[]): string {
  const address = mailAddress(given);
  if (address !== undefined && mailboxes.includes(address)) return address;
  return wrongFlag('--catch-all', `${quoted(given)} is none of the mailboxes.`, 'Name it with --mailbox too.');
}
