import { Args } from '@oclif/core';
import { LookBackCommand } from '../../look-back-command.ts';

export default class CampaignsSplit extends LookBackCommand {
  static override strict = false;

  static override summary =
    'Take the messages that a filter lets through out of a campaign; they become one of their own.';

  static override description =
    'What comes from then on joins the one that it is more like, which need not be as the filter says.';

  static override examples = ['<%= config.bin %> <%= command.id %> c-7k2m9q4 url:other.example'];

  static override args = {
    campaign: Args.string({ description: 'Its code or its name.', required: true }),
    filter: Args.string({ description: 'Words of a filter, as with "spamtrap search".', required: true }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(CampaignsSplit);
    const { splitCampaign } = await import('../../lib/assembly/look-back/campaigns.ts');
    const [campaign, ...words] = argv as [string, ...string[]];
    const filter = await this.filterFrom(words);
    const code = await this.withLookBack(flags, ({ dataDir }) => splitCampaign(dataDir, campaign, filter));
    this.log(flags.json ? JSON.stringify({ campaign: code }) : `They are campaign ${code} now.`);
  }
}
