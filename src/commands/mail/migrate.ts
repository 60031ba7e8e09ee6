import { resolve } from 'node:path';
import { Args, Command, Flags } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';

export default class MailMigrate extends Command {
  static override summary = 'Copy a maildir into another one: folders, flags and times as they were, nothing twice.';

  static override description =
    'Messages that the target has already, by their content, are left out; so it can be cut off and begun again. The ' +
    'source is only read. What is made belongs to the owner of the target, or of the folder in which it is made.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> /home/adam/Maildir /var/mail/vhosts/example.org/adam/mail --dry-run',
  ];

  static override args = {
    source: Args.string({ description: 'The maildir to read.', required: true }),
    target: Args.string({ description: 'The maildir to write, made where it is not there.', required: true }),
  };

  static override flags = {
    uid: Flags.string({ description: 'To whom it will belong.', helpValue: '<number>', env: 'SPAMTRAP_MAIL_UID' }),
    gid: Flags.string({ description: 'With which group.', helpValue: '<number>', env: 'SPAMTRAP_MAIL_GID' }),
    'dry-run': Flags.boolean({ description: 'Count, and write nothing.', env: 'SPAMTRAP_MAIL_DRY_RUN' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailMigrate);
    const { readId } = await import('../../lib/setup/read-id.ts');
    const { runMigration } = await import('../../lib/assembly/migrate/run-migration.ts');
    const wishes = {
      source: resolve(args.source),
      target: resolve(args.target),
      uid: readId('--uid', flags.uid),
      gid: readId('--gid', flags.gid),
      earnest: flags['dry-run'] ? 'count' : 'copy',
    } as const;
    process.exitCode = await runMigration(wishes, flags.json ? 'json' : 'lines');
  }
}
