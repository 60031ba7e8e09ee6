import { Flags } from '@oclif/core';
import { setPriority } from 'node:os';
import { configuredDataDir } from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';
import { RunningCommand } from '../running-command.ts';

export default class Monitor extends RunningCommand {
  static override summary = 'Watch a running sensor: the console on a terminal, its events as JSON lines otherwise.';

  static override description =
    'Any number may watch one sensor. Leaving the console leaves the sensor as it is. Events begin with the newest ' +
    'that the sensor still knows; a reader that does not keep up is sent away.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --data-dir /var/lib/spamtrap',
    '<%= config.bin %> <%= command.id %> --json | jq -r "select(.event == \\"login.tried\\") | .user, .password"',
  ];

  static override flags = {
    // Given by "serve", whose console it is.
    'with-sensor': Flags.boolean({ hidden: true, env: 'SPAMTRAP_MONITOR_WITH_SENSOR' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Monitor);
    const { running } = await import('../lib/assembly/control/running.ts');
    const client = await running(configuredDataDir(flags));
    if (flags.json || !process.stdin.isTTY || !process.stdout.isTTY) {
      const { eventsOf } = await import('../lib/assembly/control/follow.ts');
      await eventsOf(client);
      return;
    }
    const { placesIn, placeWords } = await import('../lib/assembly/places.ts');
    const { geo } = loadConfig({ config: flags.config }).settings;
    const { WatchedSensor } = await import('../lib/assembly/console/watched-sensor.ts');
    const { copyToTerminal } = await import('../tui/console/clipboard.ts');
    const { openConsole } = await import('../tui/console/console.tsx');
    yieldToOthers();
    const placeOf = await placesIn(geo.files ?? []);
    const sensor = new WatchedSensor(client, (peer) => placeWords(placeOf(peer)), copyToTerminal);
    await openConsole(sensor, flags['with-sensor'] ? 'with-sensor' : 'attached');
    sensor.close();
  }
}

/** Drawing may never cost the sensor its processor. */
function yieldToOthers(): void {
  try {
    setPriority(19);
  } catch {
    // It is no worse than it was.
  }
}
