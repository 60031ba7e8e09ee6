import { Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlag, flagTexts, jsonFlag, listText, settingFlag } from '../flags.ts';
import { settingHelp } from '../lib/config/help.ts';
import { loadConfig } from '../lib/config/load.ts';
import { runOf } from '../run-command.ts';

export default class Broker extends Command {
  static override summary = 'Be an hpfeeds broker, for any publishers and subscribers.';

  static override description =
    'Identities come from the files that other brokers read, which are followed when they change: a bad file leaves ' +
    'everything as it was. Without any there are two, "sensor" and "reader", with secrets made at the first start; ' +
    'sensor.yml and reader.yml in <data dir>/broker tell how to use them.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bind 0.0.0.0 --port 10000 --auth users.json --tls yes',
  ];

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    bind: settingFlag('broker.bind'),
    port: settingFlag('broker.port', 'p'),
    name: settingFlag('broker.name'),
    auth: Flags.string({
      description: settingHelp('broker.auth').about,
      env: settingHelp('broker.auth').env,
      helpValue: '<file>',
      multiple: true,
    }),
    tls: settingFlag('broker.tls.offer'),
    cert: settingFlag('broker.tls.cert'),
    key: settingFlag('broker.tls.key'),
    'when-slow': settingFlag('broker.whenSlow'),
    'status-port': settingFlag('broker.statusPort'),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Broker);
    const load = () =>
      loadConfig({
        config: flags.config,
        flags: {
          ...flagTexts(flags, {
            'data-dir': 'dataDir',
            bind: 'broker.bind',
            port: 'broker.port',
            name: 'broker.name',
            tls: 'broker.tls.offer',
            cert: 'broker.tls.cert',
            key: 'broker.tls.key',
            'when-slow': 'broker.whenSlow',
            'status-port': 'broker.statusPort',
          }),
          ...listText('--auth', 'broker.auth', flags.auth),
          ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
        },
      });
    const { serveBroker } = await import('../lib/assembly/serve-broker.ts');
    process.exitCode = await serveBroker(runOf(this, load));
  }
}
