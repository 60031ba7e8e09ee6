import { Flags } from '@oclif/core';
import { LookBackCommand } from '../../look-back-command.ts';

export default class CampaignsList extends LookBackCommand {
  static override strict = false;

  static override summary = 'List campaigns, the largest first: how many messages, from how many sources, since when.';

  static override description = 'Words behind it are a filter, as with "spamtrap search".';

  static override examples = [
    '<%= config.bin %> <%= command.id %> since:1d',
    '<%= config.bin %> <%= command.id %> has:attachment --least 100',
  ];

  static override flags = {
    least: Flags.integer({
      description: 'Only those with so many messages.',
      env: 'SPAMTRAP_LOOK_LEAST',
      min: 1,
      default: 2,
    }),
    top: Flags.integer({ description: 'Only so many of the largest.', env: 'SPAMTRAP_LOOK_TOP', min: 1, default: 30 }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(CampaignsList);
    const { campaigns, campaignTable } = await import('../../lib/assembly/look-back/campaigns.ts');
    const filter = await this.filterFrom(argv);
    await this.withLookBack(flags, (lookBack) => {
      const all = campaigns(lookBack, { filter, least: flags.least, most: flags.top });
      if (flags.json) for (const campaign of all) this.log(JSON.stringify(campaign));
      else if (all.length === 0) this.logToStderr('No campaign was found.');
      else for (const line of campaignTable(all)) this.log(line);
    });
  }
}
