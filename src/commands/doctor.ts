import { Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlag, flagTexts, jsonFlag } from '../flags.ts';
import { dataDirFor } from '../lib/config/data-dir.ts';
import { loadConfig } from '../lib/config/load.ts';

export default class Doctor extends Command {
  static override summary = 'Look whether this machine is fit for a sensor, and say what to do where it is not.';

  static override description =
    'Ports, permissions, disk, certificates, clock, name, what may leave the machine, and what a shell makes of "trap". ' +
    'It changes nothing; the only thing that is asked elsewhere is the address of its own name. The exit code is 1 when ' +
    'something would keep the sensor from its work; warnings do not count.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --for serve-relay --json | jq -r "select(.state == \\"failed\\") | .fix"',
  ];

  static override flags = {
    for: Flags.string({
      description: 'The command that is to run.',
      options: ['serve', 'serve-relay', 'serve-lmtp', 'collect', 'broker', 'tail-maildir'],
      default: 'serve',
      env: 'SPAMTRAP_DOCTOR_FOR',
    }),
    config: configFlag,
    'data-dir': dataDirFlag,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const load = () => loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { doctor } = await import('../lib/assembly/doctor/doctor.ts');
    const { commands } = await import('../lib/assembly/doctor/command.ts');
    process.exitCode = await doctor({
      command: commands.find((name) => name === flags.for) ?? 'serve',
      load,
      dataDirOf: (configured) => dataDirFor(flags.for, configured),
      shown: flags.json ? 'json' : 'steps',
    });
  }
}
