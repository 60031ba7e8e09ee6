import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../../cluster-command.ts';

export default class ClusterBudgetBegin extends ClusterCommand {
  static override summary = 'Make the budget that all sensors of a cluster share in sending probes.';

  static override description =
    'Sensors with "cluster.budget: shared" send nothing before. Nobody can tell what was sent in the last day, so it ' +
    'counts as spent for one, unless the operator knows better.';

  static override flags = {
    'nothing-was-sent': Flags.boolean({
      description: 'No sensor has sent a probe in the last 24 hours: the budget is free at once.',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ClusterBudgetBegin);
    const { beginBudget } = await import('../../../lib/assembly/cluster/budget.ts');
    const before = flags['nothing-was-sent'] ? 'nothing was sent' : 'may have been sent';
    const said = await beginBudget(this.settings(flags), before);
    this.log(flags.json ? JSON.stringify({ begun: true, said }) : said);
  }
}
