import { Args, Command } from '@oclif/core';
import { configFlag, dataDirFlags, flagTexts, jsonFlag } from '../../flags.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { exitCodes } from '../../lib/errors.ts';

export default class MaildirUndo extends Command {
  static override summary = 'Move back what was moved or purged last, or by the number of the move.';

  static override args = {
    number: Args.integer({ description: 'Which move, as "spamtrap maildir moves" numbers them. [default: the last]' }),
  };

  static override flags = { ...dataDirFlags, config: configFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MaildirUndo);
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { existingJournal } = await import('../../lib/assembly/data-dirs.ts');
    const { undoMove } = await import('../../lib/assembly/maildir-moves/move-messages.ts');
    const { dataDir } = existingJournal(settings.dataDir);
    const { record, moved, missing } = await undoMove(settings, dataDir, args.number);
    if (flags.json) this.log(JSON.stringify({ number: record.number, moved, missing }));
    else {
      this.log(`${moved} messages are back where they were.`);
      if (missing > 0) this.logToStderr(`${missing} are no longer where they had been moved to.`);
    }
    if (missing > 0) process.exitCode = exitCodes.partly;
  }
}
