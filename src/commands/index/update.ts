import { Flags } from '@oclif/core';
import { IndexCommand } from '../../index-command.ts';

export default class IndexUpdate extends IndexCommand {
  static override summary = 'Bring the index up to date with the journal.';

  static override description =
    'Who searches does so by themselves; this is for timers, and with --follow for a process that keeps it up to date ' +
    'while a sensor runs (index.live has "serve" start one). Exit code 4 says that another process is at it.';

  static override flags = {
    follow: Flags.boolean({ description: 'Go on as the journal grows, until interrupted.', env: 'SPAMTRAP_FOLLOW' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(IndexUpdate);
    const { followJournal } = await import('../../lib/assembly/index/follow-journal.ts');
    await this.withKeeper(flags, async (keeper, signal) => {
      if (flags.follow) await followJournal(keeper, signal);
      else await keeper.catchUp();
    });
  }
}
