import { ClusterCommand } from '../../cluster-command.ts';
import { printable } from '../../lib/text/printable.ts';

export default class ClusterLeases extends ClusterCommand {
  static override summary = 'List the mailboxes that sensors of a cluster share: who collects each, and since when.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --json | jq -r 'select(.alive | not) | .account'",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ClusterLeases);
    const settings = this.settings(flags);
    const { withCluster } = await import('../../lib/assembly/cluster/with-cluster.ts');
    const { leasesOf } = await import('../../lib/assembly/cluster/look.ts');
    for (const lease of await withCluster(settings, (link) => leasesOf(link, settings.cluster))) {
      const { account, sensor, since, token, alive } = lease;
      const gone = alive ? '' : ', which is gone';
      this.log(
        flags.json
          ? JSON.stringify(lease)
          : `${printable(account)}: ${printable(sensor)}${gone}, since ${since}, token ${token}`,
      );
    }
  }
}
