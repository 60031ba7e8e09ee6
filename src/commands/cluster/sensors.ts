import { ClusterCommand } from '../../cluster-command.ts';

export default class ClusterSensors extends ClusterCommand {
  static override summary = 'List the sensors of a cluster that are alive: rates, what is behind, which rules.';

  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<void> {
    const { flags } = await this.parse(ClusterSensors);
    const settings = this.settings(flags);
    const { withCluster } = await import('../../lib/assembly/cluster/with-cluster.ts');
    const { sensorsIn } = await import('../../lib/assembly/cluster/look.ts');
    const { sensorText } = await import('../../lib/assembly/cluster/cluster-text.ts');
    const sensors = await withCluster(settings, (link) => sensorsIn(link, settings.cluster));
    for (const sensor of sensors) this.log(flags.json ? JSON.stringify(sensor) : sensorText(sensor, Date.now()));
  }
}
