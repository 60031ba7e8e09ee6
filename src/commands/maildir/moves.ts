import { Command } from '@oclif/core';
import { configFlag, dataDirFlags, flagTexts, jsonFlag } from '../../flags.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { printable } from '../../lib/text/printable.ts';

export default class MaildirMoves extends Command {
  static override summary = 'List what was moved and purged, and what can be undone.';

  static override flags = { ...dataDirFlags, config: configFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(MaildirMoves);
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { existingJournal } = await import('../../lib/assembly/data-dirs.ts');
    const { moveRecords } = await import('../../lib/assembly/maildir-moves/move-record.ts');
    for (const { number, at, filter, to, from, undone } of moveRecords(existingJournal(settings.dataDir).dataDir)) {
      const messages = Object.values(from).reduce((sum, ids) => sum + ids.length, 0);
      const state = undone ? 'undone' : 'done';
      if (flags.json) this.log(JSON.stringify({ number, at, filter, to, messages, state }));
      else this.log(`${number}  ${at.slice(0, 16)}  ${messages} messages to ${to}  ${printable(filter)}  ${state}`);
    }
  }
}
