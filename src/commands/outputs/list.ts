import { Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';

export default class OutputsList extends Command {
  static override summary = 'Show how far each output is; also while a sensor runs.';

  static override flags = { ...dataDirFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(OutputsList);
    const { outputLine, outputStatus } = await import('../../lib/assembly/steer-outputs.ts');
    for (const status of outputStatus(configuredDataDir(flags))) {
      this.log(flags.json ? JSON.stringify(status) : outputLine(status));
    }
  }
}
