import { Args } from '@oclif/core';
import { LookBackCommand } from '../../look-back-command.ts';

export default class CampaignsMerge extends LookBackCommand {
  static override strict = false;

  static override summary = 'Join campaigns to one; the codes of the others lead to it from then on.';

  static override examples = ['<%= config.bin %> <%= command.id %> c-7k2m9q4 c-0ts5pe2 c-1nm89ss'];

  static override args = {
    into: Args.string({ description: 'The campaign that the others are joined to.', required: true }),
    other: Args.string({ description: 'Another one; more may follow.', required: true }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(CampaignsMerge);
    const { mergeCampaigns } = await import('../../lib/assembly/look-back/campaigns.ts');
    const [into, ...others] = argv as [string, ...string[]];
    const code = await this.withLookBack(flags, ({ dataDir }) => mergeCampaigns(dataDir, into, others));
    this.log(flags.json ? JSON.stringify({ campaign: code }) : `They are one with ${code} now.`);
  }
}
