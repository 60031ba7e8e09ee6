import { exitCodes } from '../../../lib/errors.ts';
import { ClusterCommand } from '../../../cluster-command.ts';

export default class ClusterRulesShow extends ClusterCommand {
  static override summary = 'Print the rules that are published for all sensors of a cluster.';

  static override examples = ['<%= config.bin %> <%= command.id %> > rules.yml'];

  async run(): Promise<void> {
    const { flags } = await this.parse(ClusterRulesShow);
    const { publishedRules } = await import('../../../lib/assembly/cluster/rules.ts');
    const text = await publishedRules(this.settings(flags));
    if (text !== undefined) process.stdout.write(text);
    else {
      this.logToStderr('spamtrap: no rules are published; "spamtrap cluster rules publish" does that.');
      process.exitCode = exitCodes.failed;
    }
  }
}
