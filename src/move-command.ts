import { Flags } from '@oclif/core';
import { LookBackCommand, type BaseFlags } from './look-back-command.ts';
import { printable } from './lib/text/printable.ts';

export const dryRunFlag = Flags.boolean({
  description: 'Only say what would be done.',
  env: 'SPAMTRAP_LOOK_DRY_RUN',
});

type Given = BaseFlags & { readonly 'dry-run': boolean };

/** What the commands have in common that move messages within the maildir. */
export abstract class MoveCommand extends LookBackCommand {
  protected async moveTo(folder: string, words: readonly unknown[], flags: Given): Promise<void> {
    const { moveMessages } = await import('./lib/assembly/maildir-moves/move-messages.ts');
    const filter = await this.filterFrom(words);
    const doing = flags['dry-run'] ? 'dry run' : 'move';
    const moved = await this.withLookBack(flags, (lookBack) =>
      moveMessages(lookBack, { settings: this.settings(flags), filter, folder, doing }),
    );
    if (flags.json) return this.log(JSON.stringify(moved));
    this.log(`${moved.meant} messages are meant.`);
    for (const [from, count] of Object.entries(moved.found)) {
      this.log(`  ${count} of them in ${from === '' ? 'the inbox' : printable(from.slice(1).replaceAll('.', '/'))}`);
    }
    if (doing === 'dry run') this.log('Nothing was moved: it was only asked.');
    else this.log(`${moved.moved} moved to ${folder}; "spamtrap maildir undo" moves them back.`);
  }
}
