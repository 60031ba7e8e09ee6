import { Args, Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags } from './flags.ts';
import type { OutputChange } from './lib/assembly/steer-outputs.ts';

/** What the commands share that change one output while no sensor runs. */
export abstract class OutputCommand extends Command {
  static override args = {
    output: Args.string({ description: 'Name of the output, as "spamtrap outputs list" shows it.', required: true }),
  };

  static override flags = { ...dataDirFlags };

  protected abstract readonly change: OutputChange;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OutputCommand);
    const { changeOutput } = await import('./lib/assembly/steer-outputs.ts');
    this.log(await changeOutput(configuredDataDir(flags), args.output, this.change));
  }
}
