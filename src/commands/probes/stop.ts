import { Flags } from '@oclif/core';
import { ProbeCommand } from '../../probe-command.ts';

export default class ProbesStop extends ProbeCommand {
  static override summary = 'The kill switch: nothing is sent any more, from this moment on.';

  static override description =
    'It is a file in the data directory, relay.stopped, and it is asked for before every connection. To create it by ' +
    'hand does the same. Probes go on being held.';

  static override flags = {
    why: Flags.string({ description: 'A reason, for the record.', env: 'SPAMTRAP_DESK_WHY', default: '' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ProbesStop);
    const { stopRelaying } = await import('../../lib/assembly/probe-tools.ts');
    const done = stopRelaying(this.settingsOf(flags), this.operator, flags.why);
    this.log(flags.json ? JSON.stringify({ stopped: true, done }) : done);
  }
}
