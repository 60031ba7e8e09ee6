import { Flags } from '@oclif/core';
import { dataDirFlags, flagTexts } from './flags.ts';
import { dataDirFor } from './lib/config/data-dir.ts';
import { loadConfig } from './lib/config/load.ts';
import { readMailboxFile } from './lib/config/mailbox-file.ts';
import type { MailboxSettings, Settings } from './lib/config/schema.ts';

export const mailboxConfigFlag = Flags.string({
  char: 'm',
  description:
    'Mailbox file of a spamtrap-system collector (YAML): a list of username, password, protocol, host, port.',
  env: 'SPAMTRAP_MAILBOX_CONFIG',
  helpValue: '<file>',
});

/** For commands that look at mailboxes and at what a collector knows of them. */
export const mailboxFlags = { ...dataDirFlags, 'mailbox-config': mailboxConfigFlag };

type Given = { readonly [Flag in 'config' | 'data-dir' | 'mailbox-config']: string | undefined };

/** The mailboxes that the flags mean, all of them or those that are named, and where their collector keeps its data. */
export async function mailboxesMeant(given: Given, names: readonly string[]) {
  const { settings } = loadConfig({ config: given.config, flags: flagTexts(given, { 'data-dir': 'dataDir' }) });
  const { mailboxesFrom } = await import('./lib/assembly/collect/mailboxes.ts');
  const { namedMailboxes } = await import('./lib/assembly/collect/named-mailboxes.ts');
  const mailboxes = namedMailboxes(mailboxesFrom(mailboxEntries(settings, given['mailbox-config'])), names);
  const { servers, mailboxes: whose } = settings.cluster;
  const sharing = servers !== undefined && whose === 'shared' ? 'with others' : 'with nobody';
  return { mailboxes, dataDir: dataDirFor('collect', settings.dataDir), sharing } as const;
}

/** The mailboxes of a configuration, and those of a file beside it. */
export function mailboxEntries(
  { collect }: Settings,
  file: string | undefined,
): Readonly<Record<string, MailboxSettings>> {
  return file === undefined ? collect.mailboxes : { ...collect.mailboxes, ...readMailboxFile(file) };
}
