import { dataDirFlag, jsonFlag } from '../../flags.ts';
import { RulesCommand, rulesFlags } from '../../rules-command.ts';

export default class RulesList extends RulesCommand {
  static override summary =
    'List the rules in the order in which they decide, with what follows from each, and how often it has matched.';

  static override flags = { ...rulesFlags, 'data-dir': dataDirFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(RulesList);
    const { rules } = await this.loadRules(flags);
    const { countedHits } = await import('../../lib/assembly/rules/counted-hits.ts');
    const hits = countedHits(this.settingsOf(flags).dataDir);
    const { ruleLine, ruleRecord } = await import('../../lib/assembly/rules/rule-words.ts');
    for (const rule of rules) {
      this.log(flags.json ? JSON.stringify(ruleRecord(rule, hits)) : ruleLine(rule, hits));
    }
  }
}
