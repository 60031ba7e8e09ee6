import { Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';

export default class JournalRepair extends Command {
  static override summary = 'Set damaged bytes aside, so that the journal opens again; whole records stay as they are.';

  static override flags = { ...dataDirFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(JournalRepair);
    const { repair } = await import('../../lib/assembly/mend-journal.ts');
    let count = 0;
    for await (const repaired of repair(configuredDataDir(flags))) {
      count++;
      const { segment, from, to, savedAs } = repaired;
      this.log(
        flags.json
          ? JSON.stringify(repaired)
          : `segment ${segment}: bytes ${from} to ${to} are set aside in ${savedAs}`,
      );
    }
    if (!flags.json && count === 0) this.log('There was nothing to repair.');
  }
}
