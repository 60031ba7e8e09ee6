import { Flags } from '@oclif/core';
import { readMailboxFile } from './lib/config/mailbox-file.ts';
import type { MailboxSettings, Settings } from './lib/config/schema.ts';

export const mailboxConfigFlag = Flags.string({
  char: 'm',
  description:
    'Mailbox file of a spamtrap-system collector (YAML): a list of username, password, protocol, host, port.',
  env: 'SPAMTRAP_MAILBOX_CONFIG',
  helpValue: '<file>',
});

/** The mailboxes of a configuration, and those of a file beside it. */
export function mailboxEntries(
  { collect }: Settings,
  file: string | undefined,
): Readonly<Record<string, MailboxSettings>> {
  return file === undefined ? collect.mailboxes : { ...collect.mailboxes, ...readMailboxFile(file) };
}
