import { Flags } from '@oclif/core';
import { ProbeCommand } from '../../probe-command.ts';

export default class ProbesResume extends ProbeCommand {
  static override summary = 'Take the kill switch back, or make a lost budget anew.';

  static override flags = {
    'new-budget': Flags.boolean({
      description: 'Of a desk that is closed: set its files aside, and begin with a budget that is spent for a day.',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ProbesResume);
    const { renewBudget, resumeRelaying } = await import('../../lib/assembly/probe-tools.ts');
    const settings = this.settingsOf(flags);
    const done = flags['new-budget'] ? renewBudget(settings, this.operator) : resumeRelaying(settings, this.operator);
    this.log(flags.json ? JSON.stringify({ done }) : done);
  }
}
