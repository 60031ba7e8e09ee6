import { Args, Flags } from '@oclif/core';
import { exitCodes } from '../../lib/errors.ts';
import { ProbeCommand } from '../../probe-command.ts';

export default class ProbesApprove extends ProbeCommand {
  static override summary = 'Let a probe go out, as soon as the budget has room for it.';

  static override description =
    'The sensor that runs on this data directory sends it, at most once. Without one it is sent when one starts.';

  static override args = { id: Args.string({ description: 'Its id, or the beginning of it.', required: true }) };

  static override flags = {
    wait: Flags.integer({
      description: 'Seconds to wait for what becomes of it; 0 does not wait.',
      env: 'SPAMTRAP_DESK_WAIT',
      default: 30,
      min: 0,
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ProbesApprove);
    const tools = await this.toolsFor(this.settingsOf(flags));
    const { id } = tools.approve(args.id, this.operator);
    const { stopped } = tools;
    const probe = await tools.outcomeOf(id, stopped === undefined ? flags.wait * 1000 : 0);
    tools.close();
    const until = stopped === undefined ? 'a sensor runs' : `"spamtrap probes resume" lets it (${stopped})`;
    if (flags.json) this.log(JSON.stringify(probe));
    else if (probe.state === 'approved') this.log(`Probe ${id} is approved; it is sent as soon as ${until}.`);
    else this.log(`Probe ${id} is ${probe.state}: ${probe.reason}`);
    if (!['approved', 'sending', 'relayed'].includes(probe.state)) process.exitCode = exitCodes.failed;
  }
}
