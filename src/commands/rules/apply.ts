import { Args, Flags } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import { exitCodes } from '../../lib/errors.ts';
import { printable } from '../../lib/text/printable.ts';
import { ownNameFlags, RulesCommand, rulesFlags } from '../../rules-command.ts';

export default class RulesApply extends RulesCommand {
  static override summary = 'Move messages of the inbox of a Maildir to the folders of the rules.';

  static override description =
    'For each message the first rule that matches decides, as it would have when it came. Messages are moved, and ' +
    'never changed or deleted.';

  static override examples = ['<%= config.bin %> <%= command.id %> ./maildir --dry-run'];

  static override args = { maildir: Args.string({ description: 'The Maildir.', required: true }) };

  static override flags = {
    ...rulesFlags,
    json: jsonFlag,
    ...ownNameFlags,
    'dry-run': Flags.boolean({ description: 'Only show what would be moved.', env: 'SPAMTRAP_APPLY_DRY_RUN' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesApply);
    const { document } = await this.loadRules(flags);
    const { applyRules } = await import('../../lib/assembly/rules/apply-rules.ts');
    const way = flags['dry-run'] ? 'show' : 'move';
    const count = { planned: 0, moved: 0, inTheWay: 0 };
    for (const move of applyRules(args.maildir, { document, own: this.ownNames(flags), way })) {
      count[move.done]++;
      const { file, folder, rule, done } = move;
      const why = done === 'inTheWay' ? 'stays, for there is a file of that name in' : '→';
      this.log(flags.json ? JSON.stringify(move) : printable(`${file} ${why} ${folder}  (${rule})`));
    }
    if (!flags.json) {
      const dry = `${count.planned} messages would be moved. Without --dry-run they are.`;
      this.log(way === 'show' ? dry : `${count.moved} messages moved.`);
    }
    if (count.inTheWay > 0) process.exitCode = exitCodes.partly;
  }
}
