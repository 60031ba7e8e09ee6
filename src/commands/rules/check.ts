import { Args } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import { RulesCommand, rulesFlags } from '../../rules-command.ts';

export default class RulesCheck extends RulesCommand {
  static override summary = 'Say everything that is wrong with a file of rules, with line and column.';

  static override examples = ['<%= config.bin %> <%= command.id %> rules.yml'];

  static override args = {
    file: Args.string({ description: 'The file; otherwise the one that is in use.', ignoreStdin: true }),
  };

  static override flags = { ...rulesFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesCheck);
    const { file, document } = await this.loadRules({ ...flags, rules: args.file ?? flags.rules });
    const { revision, rules } = document;
    const enabled = rules.filter((rule) => rule.enabled).length;
    if (flags.json) {
      this.log(JSON.stringify({ ok: true, file: file ?? null, revision, rules: rules.length, enabled }));
      return;
    }
    const what = `${rules.length} rules, ${enabled} of them enabled, revision ${revision}`;
    this.log(
      file === undefined ? `There is no file; the rules of the program hold: ${what}.` : `${file} is good: ${what}.`,
    );
  }
}
