import { Command, Flags } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';

export default class JournalList extends Command {
  static override summary = 'List what the journal holds, oldest first; also while a sensor is writing to it.';

  static override flags = {
    ...dataDirFlags,
    json: jsonFlag,
    last: Flags.integer({ description: 'Only so many of the newest.', env: 'SPAMTRAP_LAST', min: 1 }),
    sessions: Flags.boolean({ description: 'Sessions too, with or without a message.', env: 'SPAMTRAP_SESSIONS' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(JournalList);
    const { entryLine, entryRecord, listJournal } = await import('../../lib/assembly/look-at-journal.ts');
    const kinds = ['capture', 'evidence', ...(flags.sessions ? ['session' as const] : [])] as const;
    for (const entry of listJournal({ dataDir: configuredDataDir(flags), last: flags.last, kinds })) {
      this.log(flags.json ? JSON.stringify(entryRecord(entry)) : entryLine(entry));
    }
  }
}
