import { Args, Command, Flags } from '@oclif/core';
import { configuredDataDir, dataDirFlags } from '../../flags.ts';

export default class OutputsRewind extends Command {
  static override summary = 'Let an output begin again: at the oldest message, or with those since a time.';

  static override args = {
    output: Args.string({ description: 'Name of the output, as "spamtrap outputs list" shows it.', required: true }),
  };

  static override flags = {
    ...dataDirFlags,
    since: Flags.string({
      description: 'A date, a date with a time (UTC), or how long ago: 2h, 3d.',
      env: 'SPAMTRAP_OUTPUTS_SINCE',
      helpValue: '<time>',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OutputsRewind);
    const { changeOutput } = await import('../../lib/assembly/steer-outputs.ts');
    const { momentFrom } = await import('../../lib/assembly/moment.ts');
    const rewindTo = flags.since === undefined ? 'oldest' : momentFrom('--since', flags.since, Date.now());
    this.log(await changeOutput(configuredDataDir(flags), args.output, { rewindTo }));
  }
}
