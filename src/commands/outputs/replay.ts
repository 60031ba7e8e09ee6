import { Args, Flags } from '@oclif/core';
import { AgainCommand } from '../../again-command.ts';

export default class OutputsReplay extends AgainCommand {
  static override summary = 'Hand what was captured in a range of time to one output once more.';

  static override description =
    'Where the output stands does not change. No sensor may run meanwhile. The exit code is 0 when everything was ' +
    'delivered, 3 when some of it was refused, 1 when nothing was.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> feed --since 2026-11-25 --until 2026-11-26',
    '<%= config.bin %> <%= command.id %> feed --since 2h',
  ];

  static override args = { output: Args.string({ description: 'Name of the output.', required: true }) };

  static override flags = {
    since: Flags.string({
      description: 'A date, a date with a time (UTC), or how long ago: 2h, 3d.',
      env: 'SPAMTRAP_OUTPUTS_SINCE',
      helpValue: '<time>',
      required: true,
    }),
    until: Flags.string({
      description: 'Up to, and without, that time. [default: now]',
      env: 'SPAMTRAP_OUTPUTS_UNTIL',
      helpValue: '<time>',
    }),
    id: Flags.string({
      description: 'Only this message of the range; may be given several times.',
      env: 'SPAMTRAP_OUTPUTS_ID',
      helpValue: '<id>',
      multiple: true,
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OutputsReplay);
    const { replay } = await import('../../lib/assembly/hand-on-again.ts');
    const { momentFrom } = await import('../../lib/assembly/moment.ts');
    const now = Date.now();
    const range = {
      since: momentFrom('--since', flags.since, now),
      until: flags.until === undefined ? Infinity : momentFrom('--until', flags.until, now),
      ids: flags.id ?? [],
    };
    await this.handOnAgain(args.output, flags, (again) => replay(range, again));
  }
}
