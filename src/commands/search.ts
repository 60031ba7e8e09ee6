import { Flags } from '@oclif/core';
import { csvFlag, LookBackCommand } from '../look-back-command.ts';
import { listTo } from '../list-found.ts';

export default class Search extends LookBackCommand {
  static override strict = false;

  static override summary = 'Find messages by anything that is known of them.';

  static override description =
    'A filter reads like words: from:*@bank.example subject:"unpaid invoice" since:2d. All of them have to hold; one ' +
    'that begins with ! may not; alternatives stand behind commas. Words without a field are looked for everywhere. ' +
    'docs/search.md has every field.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> since:2d subject:invoice',
    '<%= config.bin %> <%= command.id %> ip:198.51.100.0/24 "!has:attachment"',
    '<%= config.bin %> <%= command.id %> attachment:*.exe --ids | xargs -n 1 spamtrap show',
  ];

  static override flags = {
    csv: csvFlag,
    ids: Flags.boolean({ description: 'Print nothing but ids.', env: 'SPAMTRAP_LOOK_IDS', exclusive: ['json', 'csv'] }),
    last: Flags.integer({ description: 'Only so many of the newest.', env: 'SPAMTRAP_LAST', min: 1, default: 50 }),
    all: Flags.boolean({ description: 'All of them.', env: 'SPAMTRAP_LOOK_ALL', exclusive: ['last'] }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Search);
    const filter = await this.filterFrom(argv);
    const last = flags.all ? 'all' : flags.last;
    const kinds = ['message', 'evidence'] as const;
    await this.withLookBack(flags, (lookBack) => listTo(this, lookBack, { filter, kinds, last }, flags));
  }
}
