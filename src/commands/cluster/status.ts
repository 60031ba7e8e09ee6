import { ClusterCommand } from '../../cluster-command.ts';

export default class ClusterStatus extends ClusterCommand {
  static override summary = 'Show how a cluster is: servers, sensors, shared mailboxes, streams and their consumers.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --json | jq '.streams[].consumers[].pending'",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ClusterStatus);
    const settings = this.settings(flags);
    const { withCluster } = await import('../../lib/assembly/cluster/with-cluster.ts');
    const { lookAtCluster } = await import('../../lib/assembly/cluster/look.ts');
    const { clusterText } = await import('../../lib/assembly/cluster/cluster-text.ts');
    const view = await withCluster(settings, (link) => lookAtCluster(link, settings.cluster));
    if (flags.json) this.log(JSON.stringify(view));
    else for (const line of clusterText(view, Date.now())) this.log(line);
  }
}
