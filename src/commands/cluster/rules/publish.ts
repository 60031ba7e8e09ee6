import { Args } from '@oclif/core';
import { ClusterCommand } from '../../../cluster-command.ts';

export default class ClusterRulesPublish extends ClusterCommand {
  static override summary = 'Publish a file of rules for all sensors of a cluster that follow them.';

  static override description =
    'Those with "cluster.rules: shared" take them up within seconds, keep them in a file for when the cluster is out of ' +
    'reach, and report their revision ("spamtrap cluster sensors"). A file with a fault is not published.';

  static override examples = ['<%= config.bin %> <%= command.id %> rules.yml'];

  static override args = { file: Args.string({ description: 'The file of rules.', required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterRulesPublish);
    const { publishRules } = await import('../../../lib/assembly/cluster/rules.ts');
    const published = await publishRules(this.settings(flags), args.file);
    const { version, revision, rules } = published;
    this.log(
      flags.json ? JSON.stringify(published) : `${rules} rules are published: version ${version}, revision ${revision}`,
    );
  }
}
