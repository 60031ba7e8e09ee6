import { Flags } from '@oclif/core';
import { IndexCommand } from '../../index-command.ts';

export default class IndexUpdate extends IndexCommand {
  static override summary = 'Bring the index up to date with the journal, and ask the judges that are configured.';

  static override description =
    'Who searches brings it up to date by themselves, but asks nobody else; this is for timers, and with --follow for a ' +
    'process that keeps it up to date while a sensor runs (index.live has the sensor start one). Exit code 4 says that ' +
    'another process is at it.';

  static override flags = {
    follow: Flags.boolean({
      description: 'Go on as the journal grows, until interrupted.',
      env: 'SPAMTRAP_LOOK_FOLLOW',
    }),
    // Given by the sensor whose index it is: the end of standard input is the end of that sensor, however it ended.
    'with-sensor': Flags.boolean({ hidden: true, env: 'SPAMTRAP_LOOK_WITH_SENSOR' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(IndexUpdate);
    const { followJournal } = await import('../../lib/assembly/index/follow-journal.ts');
    if (flags['with-sensor']) {
      process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
      process.stdin.resume();
    }
    await this.withKeeper(flags, async (keeper, judges, signal) => {
      if (flags.follow) return followJournal(keeper, judges, signal);
      await keeper.catchUp();
      await judges.catchUp(signal);
      await keeper.catchUp();
    });
  }
}
