import { Args, Flags } from '@oclif/core';
import { ProbeCommand } from '../../probe-command.ts';

export default class ProbesDeny extends ProbeCommand {
  static override summary = 'Say that a probe never goes out.';

  static override args = { id: Args.string({ description: 'Its id, or the beginning of it.', required: true }) };

  static override flags = {
    why: Flags.string({ description: 'A reason, for the record.', env: 'SPAMTRAP_DESK_WHY' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ProbesDeny);
    const tools = await this.toolsFor(this.settingsOf(flags));
    const probe = tools.deny(args.id, this.operator, flags.why);
    tools.close();
    this.log(flags.json ? JSON.stringify(probe) : `Probe ${probe.id} is denied.`);
  }
}
