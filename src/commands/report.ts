import { Flags } from '@oclif/core';
import { LookBackCommand } from '../look-back-command.ts';

export default class Report extends LookBackCommand {
  static override strict = false;

  static override summary = 'One page of HTML about what came: volume, sources, targets, campaigns, links, health.';

  static override description =
    'The page holds everything it shows: nothing is fetched and nothing runs in it. Words behind it are a filter, as ' +
    'with "spamtrap search". With --json the figures are printed instead.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --since 7d --out report.html',
    '<%= config.bin %> <%= command.id %> --day yesterday --out /srv/www/reports/{day}.html',
    '<%= config.bin %> <%= command.id %> --since 1d --json | jq ".campaigns[0]"',
  ];

  static override flags = {
    since: Flags.string({
      description: 'A date, a date with a time (UTC), or how long ago.',
      env: 'SPAMTRAP_LOOK_REPORT_SINCE',
      helpValue: '<time>',
      default: '7d',
    }),
    until: Flags.string({
      description: 'Up to that time. [default: now]',
      env: 'SPAMTRAP_LOOK_REPORT_UNTIL',
      helpValue: '<time>',
    }),
    day: Flags.string({
      description: 'A whole day by the clock of this machine: 2026-11-26, today or yesterday.',
      env: 'SPAMTRAP_LOOK_DAY',
      helpValue: '<day>',
      exclusive: ['until'],
    }),
    out: Flags.string({
      char: 'o',
      description: 'File of the page; one that is there is replaced. {day} stands for the day with which it ends.',
      env: 'SPAMTRAP_OUT',
      helpValue: '<file>',
      default: 'report.html',
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Report);
    const { momentFrom } = await import('../lib/assembly/moment.ts');
    const { localDayOf, reportFigures, writeReport } = await import('../lib/assembly/look-back/report.ts');
    const now = Date.now();
    const given = {
      since: momentFrom('--since', flags.since, now),
      until: flags.until === undefined ? now : momentFrom('--until', flags.until, now),
    };
    const range = flags.day === undefined ? given : localDayOf(flags.day, now);
    const sensor = this.settings(flags).sensor.name;
    const reporting = { sensor, filter: await this.filterFrom(argv), ...range };
    await this.withLookBack(flags, (lookBack) => {
      const figures = reportFigures(lookBack, reporting);
      if (flags.json) return this.log(JSON.stringify(figures));
      const out = writeReport(figures, flags.out);
      this.log(`${out} tells of ${figures.messages} messages.`);
    });
  }
}
