import { Flags } from '@oclif/core';
import { dryRunFlag, MoveCommand } from '../../move-command.ts';

export default class MaildirPurge extends MoveCommand {
  static override strict = false;

  static override summary = 'Clear the messages that a filter means out of the maildir; they can be had back.';

  static override description =
    'They are moved to the folder Purged, where "spamtrap maildir undo" finds them; "spamtrap maildir empty" removes for ' +
    'good what lies there. The journal is not touched.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run rule:pills until:2026-11-01',
    '<%= config.bin %> <%= command.id %> campaign:c-7k2m9q4',
  ];

  static override flags = {
    to: Flags.string({
      description: 'Name of the folder in which they wait.',
      env: 'SPAMTRAP_LOOK_MAILDIR_TO',
      helpValue: '<folder>',
      default: 'Purged',
    }),
    'dry-run': dryRunFlag,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(MaildirPurge);
    await this.moveTo(flags.to, argv, flags);
  }
}
