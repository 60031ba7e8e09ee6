import { Args, Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags } from '../../../flags.ts';

export default class QuarantineDrop extends Command {
  static override summary = 'Remove what was set aside, for good.';

  static override args = {
    output: Args.string({ description: 'Name of the output.', required: true }),
    id: Args.string({ description: 'Id of the message, or all.', required: true }),
  };

  static override flags = { ...dataDirFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QuarantineDrop);
    const { dropQuarantined } = await import('../../../lib/assembly/quarantined.ts');
    const dropped = dropQuarantined(configuredDataDir(flags), args.output, args.id === 'all' ? 'all' : [args.id]);
    this.log(`${dropped} removed.`);
  }
}
