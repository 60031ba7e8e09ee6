import { Flags } from '@oclif/core';
import { ProbeCommand } from '../../probe-command.ts';

export default class ProbesList extends ProbeCommand {
  static override summary = 'List the probes that wait for a decision, oldest first; also while a sensor runs.';

  static override flags = {
    all: Flags.boolean({ description: 'Those that are finished too.', env: 'SPAMTRAP_DESK_ALL' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ProbesList);
    const tools = await this.toolsFor(this.settingsOf(flags));
    const { probeLine } = await import('../../lib/assembly/probe-text.ts');
    for (const probe of flags.all ? tools.all() : tools.waiting()) {
      this.log(flags.json ? JSON.stringify(probe) : `${probe.state.padEnd(11)} ${probeLine(probe)}`);
    }
    tools.close();
  }
}
