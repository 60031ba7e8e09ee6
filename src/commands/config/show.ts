import { Command } from '@oclif/core';
import { configFlag, jsonFlag } from '../../flags.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { settingRecords, settingTable } from '../../lib/config/show.ts';

export default class ConfigShow extends Command {
  static override summary = 'Show every setting as it takes effect, and where each comes from.';

  static override flags = { config: configFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigShow);
    const loaded = loadConfig({ config: flags.config });
    if (flags.json) for (const record of settingRecords(loaded)) this.log(JSON.stringify(record));
    else this.log(settingTable(loaded).trimEnd());
  }
}
