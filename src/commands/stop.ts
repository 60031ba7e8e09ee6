import { Flags } from '@oclif/core';
import { configuredDataDir } from '../flags.ts';
import { RunningCommand } from '../running-command.ts';

export default class Stop extends RunningCommand {
  static override summary = 'Have a running sensor finish what is under way, and stop; waits until it is gone.';

  static override flags = {
    wait: Flags.integer({
      description: 'Seconds to wait for that.',
      env: 'SPAMTRAP_STOP_WAIT',
      default: 60,
      min: 0,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Stop);
    const { stopRunning } = await import('../lib/assembly/control/stop.ts');
    const said = await stopRunning(configuredDataDir(flags), flags.wait * 1000);
    this.log(flags.json ? JSON.stringify({ stopped: true }) : said);
  }
}
