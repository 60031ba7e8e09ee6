import { Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlags, flagTexts, jsonFlag } from '../../flags.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { dryRunFlag } from '../../move-command.ts';

export default class MaildirEmpty extends Command {
  static override summary = 'Remove for good what has lain in the folder of purged messages for so long.';

  static override description =
    'What was removed cannot be had back from the maildir; the journal has it for as long as "journal.retain" says.';

  static override flags = {
    ...dataDirFlags,
    config: configFlag,
    json: jsonFlag,
    folder: Flags.string({
      description: 'Which folder.',
      env: 'SPAMTRAP_LOOK_MAILDIR_FOLDER',
      helpValue: '<folder>',
      default: 'Purged',
    }),
    older: Flags.string({
      description: 'Only what came there so long ago.',
      env: 'SPAMTRAP_LOOK_MAILDIR_OLDER',
      helpValue: '<time>',
      default: '7d',
    }),
    'dry-run': dryRunFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(MaildirEmpty);
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { existingJournal } = await import('../../lib/assembly/data-dirs.ts');
    const { momentFrom } = await import('../../lib/assembly/moment.ts');
    const { emptyFolder } = await import('../../lib/assembly/maildir-moves/move-messages.ts');
    const { dataDir } = existingJournal(settings.dataDir);
    const { folder } = flags;
    const isDry = flags['dry-run'];
    const before = momentFrom('--older', flags.older, Date.now());
    const removed = await emptyFolder(settings, dataDir, { folder, before, doing: isDry ? 'dry run' : 'remove' });
    if (flags.json) this.log(JSON.stringify({ removed: isDry ? 0 : removed, meant: removed }));
    else this.log(isDry ? `${removed} messages would be removed.` : `${removed} messages were removed.`);
  }
}
