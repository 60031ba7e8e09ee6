import { Args, Flags } from '@oclif/core';
import { configuredDataDir, dataDirFlag, jsonFlag } from '../../flags.ts';
import { ownNameFlags, RulesCommand, rulesFlags } from '../../rules-command.ts';

export default class RulesExplain extends RulesCommand {
  static override summary = 'Say which rules match a message and why, and of the others what fails first.';

  static override description =
    'A file says nothing of the session that brought it; the flags do. Everybody comes for the first time.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> probe.eml --own-address 192.0.2.25 --to someone@example.org',
    '<%= config.bin %> <%= command.id %> 01ARZ3NDEK',
  ];

  static override args = {
    message: Args.string({ description: 'A file, or the id of a message in the journal.', required: true }),
  };

  static override flags = {
    ...rulesFlags,
    'data-dir': dataDirFlag,
    json: jsonFlag,
    ...ownNameFlags,
    peer: Flags.string({ description: 'Address of the peer.', env: 'SPAMTRAP_EXPLAIN_PEER', helpValue: '<address>' }),
    helo: Flags.string({ description: 'What it called itself.', env: 'SPAMTRAP_EXPLAIN_HELO', helpValue: '<name>' }),
    from: Flags.string({
      description: 'Sender of the envelope.',
      env: 'SPAMTRAP_EXPLAIN_FROM',
      helpValue: '<address>',
    }),
    to: Flags.string({
      description: 'Recipient of the envelope; repeatable.',
      env: 'SPAMTRAP_EXPLAIN_TO',
      helpValue: '<address>',
      multiple: true,
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesExplain);
    const { document } = await this.loadRules(flags);
    const { explainMessage } = await import('../../lib/assembly/rules/explain-message.ts');
    const { explanationLines, explanationRecords } = await import('../../lib/assembly/rules/rule-words.ts');
    const { peer, helo, from, to } = flags;
    const explanations = explainMessage(args.message, {
      document,
      own: this.ownNames(flags),
      dataDir: () => configuredDataDir(flags),
      session: { peer, helo, from, to },
    });
    if (flags.json) for (const record of explanationRecords(explanations)) this.log(JSON.stringify(record));
    else for (const line of explanationLines(explanations)) this.log(line);
  }
}
