import { Command } from '@oclif/core';
import {
  basePortTexts,
  configFlag,
  dataDirFlag,
  feedConfigFlag,
  flagTexts,
  jsonFlag,
  listText,
  maildirFlag,
  ownAddressFlag,
  settingFlag,
} from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';
import { runOf } from '../run-command.ts';

export default class ServeRelay extends Command {
  static override summary = 'Play an open mail relay: take every message, keep it, send none.';

  static override description =
    'Every message is on disk before the peer is told that it was taken. From there it goes to the configured ' +
    'outputs: a maildir and JSON lines, unless the configuration says otherwise. SIGTERM or Ctrl-C lets messages ' +
    'under way be finished; a second signal does not wait.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bind 0.0.0.0,:: --base-port 0 --data-dir /var/lib/spamtrap',
    '<%= config.bin %> <%= command.id %> --port 0 --json | jq -r "select(.event == \\"listening\\") | .port, .tls"',
  ];

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    bind: settingFlag('relay.bind'),
    port: settingFlag('relay.port'),
    'smtps-port': settingFlag('relay.smtpsPort'),
    'submission-port': settingFlag('relay.submissionPort'),
    'base-port': settingFlag('relay.basePort'),
    hostname: settingFlag('relay.hostname'),
    persona: settingFlag('relay.persona'),
    cert: settingFlag('relay.tls.cert'),
    key: settingFlag('relay.tls.key'),
    rules: settingFlag('rules.file'),
    'own-address': ownAddressFlag,
    'relay-mode': settingFlag('probes.mode'),
    'relay-per-day': settingFlag('probes.budget.perDay'),
    maildir: maildirFlag,
    'feed-config': feedConfigFlag,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeRelay);
    const load = () =>
      loadConfig({
        config: flags.config,
        flags: {
          ...basePortTexts(flags['base-port']),
          ...flagTexts(flags, {
            'data-dir': 'dataDir',
            bind: 'relay.bind',
            port: 'relay.port',
            'smtps-port': 'relay.smtpsPort',
            'submission-port': 'relay.submissionPort',
            maildir: 'outputs.maildir.path',
            hostname: 'relay.hostname',
            persona: 'relay.persona',
            cert: 'relay.tls.cert',
            key: 'relay.tls.key',
            rules: 'rules.file',
            'relay-mode': 'probes.mode',
            'relay-per-day': 'probes.budget.perDay',
          }),
          ...listText('--own-address', 'rules.ownAddresses', flags['own-address']),
          ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
        },
      });
    const { serveRelay } = await import('../lib/assembly/serve-relay.ts');
    process.exitCode = await serveRelay(runOf(this, load, flags['feed-config']));
  }
}
