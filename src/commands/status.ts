import { RunningCommand } from '../running-command.ts';
import type { SensorState } from '../lib/assembly/control/sensor-state.ts';

export default class Status extends RunningCommand {
  static override summary = 'Show how a running sensor is: intakes, outputs, journal, what went wrong.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json | jq .intakes.relay.messages',
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Status);
    const state = await this.ask<SensorState>(flags, 'state');
    const { stateText } = await import('../lib/assembly/control/state-text.ts');
    if (flags.json) this.log(JSON.stringify(state));
    else for (const line of stateText(state)) this.log(line);
  }
}
