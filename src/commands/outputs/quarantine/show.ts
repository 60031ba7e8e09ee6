import { Args, Command } from '@oclif/core';
import { pipeline } from 'node:stream/promises';
import { configuredDataDir, dataDirFlags } from '../../../flags.ts';

export default class QuarantineShow extends Command {
  static override summary = 'Write a message that was set aside to standard output, byte for byte.';

  static override args = {
    output: Args.string({ description: 'Name of the output.', required: true }),
    id: Args.string({ description: 'Id of the message.', required: true }),
  };

  static override flags = { ...dataDirFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QuarantineShow);
    const { quarantinedMessage } = await import('../../../lib/assembly/quarantined.ts');
    const message = quarantinedMessage(configuredDataDir(flags), args.output, args.id);
    await pipeline(message, process.stdout, { end: false });
  }
}
