import { Args, Command, Flags } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';
import { exitCodes } from '../../lib/errors.ts';

export default class JournalExport extends Command {
  static override summary = 'Write messages, byte for byte, to files named after their ids.';

  static override strict = false;

  static override args = {
    ids: Args.string({ description: 'Ids of the messages; without any, all of them.' }),
  };

  static override flags = {
    ...dataDirFlags,
    json: jsonFlag,
    out: Flags.string({ description: 'Directory for the files.', env: 'SPAMTRAP_OUT', default: '.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(JournalExport);
    const { exportMessages } = await import('../../lib/assembly/look-at-journal.ts');
    const { files, missing } = await exportMessages(configuredDataDir(flags), argv as string[], flags.out);
    if (flags.json) this.log(JSON.stringify({ files, missing }));
    else {
      this.log(`${files.length} ${files.length === 1 ? 'message' : 'messages'} written to ${flags.out}.`);
      for (const id of missing) this.logToStderr(`There is no message ${id} in the journal.`);
    }
    if (missing.length > 0) process.exitCode = exitCodes.partly;
  }
}
