import { Flags } from '@oclif/core';
import { dryRunFlag, MoveCommand } from '../../move-command.ts';

export default class MaildirMove extends MoveCommand {
  static override strict = false;

  static override summary = 'Move the messages that a filter means to a folder of the maildir.';

  static override description =
    'Words behind it are a filter, as with "spamtrap search". Mail clients and a running sensor may be at work ' +
    'meanwhile; the journal is not touched. "spamtrap maildir undo" moves them back.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --to "Campaigns/parcel fees" campaign:c-7k2m9q4',
    '<%= config.bin %> <%= command.id %> --to Pills --dry-run rule:pills',
  ];

  static override flags = {
    to: Flags.string({
      description: 'Name of the folder; it is made where there is none.',
      env: 'SPAMTRAP_LOOK_MAILDIR_TO',
      helpValue: '<folder>',
      required: true,
    }),
    'dry-run': dryRunFlag,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(MaildirMove);
    await this.moveTo(flags.to, argv, flags);
  }
}
