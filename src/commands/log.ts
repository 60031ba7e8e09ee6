import { Flags } from '@oclif/core';
import { csvFlag, LookBackCommand } from '../look-back-command.ts';
import { listTo } from '../list-found.ts';

export default class Log extends LookBackCommand {
  static override strict = false;

  static override summary = 'What happened: messages and sessions in their order, the newest last.';

  static override description =
    'Words behind it are a filter, as with "spamtrap search". A sensor may be running meanwhile.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> since:1h ip:198.51.100.0/24',
    '<%= config.bin %> <%= command.id %> has:credential --json | jq -r ".logins[]"',
  ];

  static override flags = {
    csv: csvFlag,
    last: Flags.integer({ description: 'Only so many of the newest.', env: 'SPAMTRAP_LAST', min: 1, default: 50 }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Log);
    const filter = await this.filterFrom(argv);
    const kinds = ['message', 'evidence', 'session'] as const;
    await this.withLookBack(flags, (lookBack) => listTo(this, lookBack, { filter, kinds, last: flags.last }, flags));
  }
}
