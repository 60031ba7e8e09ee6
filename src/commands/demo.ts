import { Flags } from '@oclif/core';
import { configuredDataDir } from '../flags.ts';
import { RunningCommand } from '../running-command.ts';

export default class Demo extends RunningCommand {
  static override summary = 'Play a made-up attack on the sensor that runs on this machine, to see it alive.';

  static override description =
    'Spam runs, logins that are tried, scans and tests of the relay, from many addresses of the loopback interface. ' +
    'It speaks to that interface only, and the same seed plays the same attack.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --rate 50 --seconds 60',
  ];

  static override flags = {
    rate: Flags.integer({
      description: 'Attackers in a second.',
      env: 'SPAMTRAP_DEMO_RATE',
      default: 3,
      min: 1,
      max: 1000,
    }),
    seconds: Flags.integer({
      description: 'How long it plays; otherwise until it is interrupted.',
      env: 'SPAMTRAP_DEMO_SECONDS',
      min: 1,
    }),
    seed: Flags.integer({ description: 'Which attack it is.', env: 'SPAMTRAP_DEMO_SEED', default: 1 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Demo);
    const { demo } = await import('../lib/assembly/demo/demo.ts');
    const { rate, seconds, seed } = flags;
    const tell = (line: string) => this.logToStderr(line);
    process.exitCode = await demo({ dataDir: configuredDataDir(flags), rate, seconds, seed, tell });
  }
}
