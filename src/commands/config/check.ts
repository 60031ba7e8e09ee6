import { Command } from '@oclif/core';
import { configFlag, jsonFlag } from '../../flags.ts';
import { loadConfig } from '../../lib/config/load.ts';

export default class ConfigCheck extends Command {
  static override summary = 'Say everything that is wrong with the configuration, with file, line and column.';

  static override flags = { config: configFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigCheck);
    const { file } = loadConfig({ config: flags.config });
    if (flags.json) this.log(JSON.stringify({ ok: true, file: file ?? null }));
    else this.log(file === undefined ? 'No configuration file was found; the defaults hold.' : `${file} is good.`);
  }
}
