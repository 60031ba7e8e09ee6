import { Flags } from '@oclif/core';
import { csvFlag, LookBackCommand } from '../look-back-command.ts';

const usual = [
  'intake',
  'country',
  'peer',
  'from',
  'domain',
  'subject',
  'host',
  'attachment',
  'rule',
  'campaign',
  'login',
];

export default class Stats extends LookBackCommand {
  static override strict = false;

  static override summary = 'Figures of what came: how much, when, and what was most frequent.';

  static override description =
    'Words behind it are a filter, as with "spamtrap search". Without --by it shows what is mostly asked for.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> since:7d',
    '<%= config.bin %> <%= command.id %> --by host --top 20 campaign:c-7k2m9q4',
    '<%= config.bin %> <%= command.id %> --by login --csv > logins.csv',
  ];

  static override flags = {
    csv: csvFlag,
    by: Flags.string({
      description: `Of what the most frequent are shown; may be given several times: intake, campaign, peer, country,
network, helo, mailbox, from, author, to, domain, subject, host, url, attachment, type, hash, rule, tag, verdict, probe,
login, user, password, scan.`.replaceAll('\n', ' '),
      env: 'SPAMTRAP_LOOK_BY',
      multiple: true,
      helpValue: '<what>',
    }),
    top: Flags.integer({
      description: 'How many of each. [default: 5, with --by 20]',
      env: 'SPAMTRAP_LOOK_TOP',
      min: 1,
    }),
    every: Flags.string({
      description: 'Time of one bar: 1h, 1d. [default: what fits a line]',
      env: 'SPAMTRAP_LOOK_EVERY',
      helpValue: '<time>',
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Stats);
    const { rankingsFrom, stretchFrom } = await import('../lib/assembly/look-back/given.ts');
    const { statistics } = await import('../lib/assembly/look-back/statistics.ts');
    const { statisticsCsv, statisticsText } = await import('../lib/assembly/look-back/statistics-text.ts');
    const wanted = {
      filter: await this.filterFrom(argv),
      by: rankingsFrom(flags.by ?? usual),
      most: flags.top ?? (flags.by ? 20 : 5),
      every: stretchFrom(flags.every),
    };
    await this.withLookBack(flags, (lookBack) => {
      const figures = statistics(lookBack, wanted);
      if (flags.json) return this.log(JSON.stringify(figures));
      for (const line of flags.csv ? statisticsCsv(figures) : statisticsText(figures)) this.log(line);
    });
  }
}
