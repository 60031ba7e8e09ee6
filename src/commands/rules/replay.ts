import { Args, Flags } from '@oclif/core';
import { configuredDataDir, dataDirFlag, jsonFlag } from '../../flags.ts';
import { printable } from '../../lib/text/printable.ts';
import { ownNameFlags, RulesCommand, rulesFlags } from '../../rules-command.ts';

export default class RulesReplay extends RulesCommand {
  static override summary = 'Ask the rules about everything that is stored, and count what each would have found.';

  static override description = 'Nothing is changed. Only rules on messages are asked.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> journal',
    '<%= config.bin %> <%= command.id %> ./maildir --rules new-rules.yml --matches',
  ];

  static override args = {
    source: Args.string({ description: 'A Maildir, a folder of messages, or the word journal.', required: true }),
  };

  static override flags = {
    ...rulesFlags,
    'data-dir': dataDirFlag,
    json: jsonFlag,
    ...ownNameFlags,
    matches: Flags.boolean({
      description: 'Name each message that matches, with its rules.',
      env: 'SPAMTRAP_REPLAY_MATCHES',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesReplay);
    const { document } = await this.loadRules(flags);
    const { replayRules } = await import('../../lib/assembly/rules/replay-rules.ts');
    const { progressOn } = await import('../../lib/assembly/rules/progress.ts');
    const progress = progressOn(process.stderr, () => performance.now());
    const replayed = replayRules(args.source, {
      document,
      own: this.ownNames(flags),
      dataDir: () => configuredDataDir(flags),
      onProgress: (done, of) => progress.show(done, of),
      onMatch: (message, matches) => {
        if (!flags.matches) return;
        progress.clear();
        const rules = matches.map(({ rule }) => rule);
        this.log(flags.json ? JSON.stringify({ message, rules }) : printable(`${message}  ${rules.join(', ')}`));
      },
    });
    progress.clear();
    const { totals, messages, matched } = replayed;
    for (const { rule, hits, decided } of totals) {
      if (flags.json) this.log(JSON.stringify({ rule: rule.name, kind: rule.kind, hits, decided }));
      else this.log(`${String(hits).padStart(8)}  ${String(decided).padStart(8)}  ${printable(rule.name)}`);
    }
    if (flags.json) this.log(JSON.stringify({ messages, matched }));
    else this.log(`${messages} messages, ${matched} of them matched. Columns: matched, decided, rule.`);
  }
}
