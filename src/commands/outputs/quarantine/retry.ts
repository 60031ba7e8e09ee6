import { Args } from '@oclif/core';
import { AgainCommand } from '../../../again-command.ts';

export default class QuarantineRetry extends AgainCommand {
  static override summary = 'Hand what was set aside to its output once more.';

  static override description =
    'What is delivered is no longer set aside. No sensor may run meanwhile. The exit code is 0 when everything was ' +
    'delivered, 3 when some of it was refused again, 1 when nothing was delivered.';

  static override args = {
    output: Args.string({ description: 'Name of the output.', required: true }),
    id: Args.string({ description: 'Id of the message, or all.', required: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QuarantineRetry);
    const { retryQuarantine } = await import('../../../lib/assembly/hand-on-again.ts');
    const ids = args.id === 'all' ? 'all' : [args.id];
    await this.handOnAgain(args.output, flags, (again) => retryQuarantine(ids, again));
  }
}
