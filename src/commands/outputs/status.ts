import { Args, Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';

export default class OutputsStatus extends Command {
  static override summary = 'Show how each output is doing: lag, rate, last error; also while a sensor runs.';

  static override args = { output: Args.string({ description: 'Only this one.' }) };

  static override flags = { ...dataDirFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OutputsStatus);
    const { accountText, outputAccounts } = await import('../../lib/assembly/output-status.ts');
    const now = Date.now();
    for (const account of outputAccounts(configuredDataDir(flags), args.output, now)) {
      this.log(flags.json ? JSON.stringify(account) : accountText(account, now));
    }
  }
}
