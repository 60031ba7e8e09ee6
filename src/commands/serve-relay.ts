import { Command } from '@oclif/core';
import { configFlag, dataDirFlag, flagTexts, jsonFlag, settingFlag } from '../flags.ts';
import { dataDirFor } from '../lib/config/data-dir.ts';
import { loadConfig } from '../lib/config/load.ts';

export default class ServeRelay extends Command {
  static override summary = 'Play an open mail relay: take every message, keep it, send none.';

  static override description =
    'Every message is on disk before the peer is told that it was taken. From there it goes to the configured ' +
    'outputs: a maildir and JSON lines, unless the configuration says otherwise. SIGTERM or Ctrl-C lets messages ' +
    'under way be finished; a second signal does not wait.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bind 0.0.0.0,:: --port 25 --data-dir /var/lib/spamtrap',
    '<%= config.bin %> <%= command.id %> --port 0 --json | jq -r "select(.event == \\"listening\\").port"',
  ];

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    bind: settingFlag('relay.bind'),
    port: settingFlag('relay.port'),
    hostname: settingFlag('relay.hostname'),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeRelay);
    const { settings } = loadConfig({
      config: flags.config,
      flags: {
        ...flagTexts(flags, {
          'data-dir': 'dataDir',
          bind: 'relay.bind',
          port: 'relay.port',
          hostname: 'relay.hostname',
        }),
        ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
      },
    });
    const { serveRelay } = await import('../lib/assembly/serve-relay.ts');
    process.exitCode = await serveRelay(settings, dataDirFor('serve-relay', settings.dataDir));
  }
}
