import { Args } from '@oclif/core';
import { LookBackCommand } from '../../look-back-command.ts';

export default class CampaignsShow extends LookBackCommand {
  static override summary = 'Show one campaign: when it came, from where, and what its messages have in common.';

  static override args = {
    campaign: Args.string({ description: 'Its code or its name.', required: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CampaignsShow);
    const { campaignDetails, campaignText } = await import('../../lib/assembly/look-back/campaigns.ts');
    await this.withLookBack(flags, (lookBack) => {
      const details = campaignDetails(lookBack, args.campaign);
      if (flags.json) return this.log(JSON.stringify(details));
      for (const line of campaignText(details)) this.log(line);
    });
  }
}
