import { Args } from '@oclif/core';
import { LookBackCommand } from '../../look-back-command.ts';

export default class CampaignsName extends LookBackCommand {
  static override summary = 'Give a campaign a name; an empty one takes it away.';

  static override examples = ['<%= config.bin %> <%= command.id %> c-7k2m9q4 "parcel fees"'];

  static override args = {
    campaign: Args.string({ description: 'Its code or its name.', required: true }),
    name: Args.string({ description: 'What it is called from now on.', required: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CampaignsName);
    const { nameCampaign } = await import('../../lib/assembly/look-back/campaigns.ts');
    const code = await this.withLookBack(flags, ({ dataDir }) => nameCampaign(dataDir, args.campaign, args.name));
    this.log(flags.json ? JSON.stringify({ campaign: code }) : `${code} has its name.`);
  }
}
