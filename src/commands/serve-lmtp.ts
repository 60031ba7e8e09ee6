import { Command } from '@oclif/core';
import { configFlag, dataDirFlag, feedConfigFlag, flagTexts, jsonFlag, maildirFlag, settingFlag } from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';
import { runOf } from '../run-command.ts';

export default class ServeLmtp extends Command {
  static override summary = 'Be the catch-all behind a mail server: take by LMTP what it delivers, for whole domains.';

  static override description =
    'Every accepted recipient has an answer of its own, after the message is on disk. In Postfix, ' +
    '"transport_maps" or "default_transport" with lmtp:inet:127.0.0.1:6024 leads here; "setup-postfix" writes it all. ' +
    'SIGTERM or Ctrl-C lets messages under way be finished; a second signal does not wait.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --socket /run/spamtrap/lmtp --domains example.org,example.net',
    '<%= config.bin %> <%= command.id %> --port 24 --maildir /var/lib/spamtrap/maildir',
  ];

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    bind: settingFlag('lmtp.bind'),
    port: settingFlag('lmtp.port', 'p'),
    socket: settingFlag('lmtp.socket'),
    domains: settingFlag('lmtp.domains'),
    hostname: settingFlag('lmtp.hostname'),
    maildir: maildirFlag,
    'feed-config': feedConfigFlag,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeLmtp);
    const load = () =>
      loadConfig({
        config: flags.config,
        flags: {
          ...flagTexts(flags, {
            'data-dir': 'dataDir',
            bind: 'lmtp.bind',
            port: 'lmtp.port',
            socket: 'lmtp.socket',
            domains: 'lmtp.domains',
            maildir: 'outputs.maildir.path',
            hostname: 'lmtp.hostname',
          }),
          ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
        },
      });
    const { serveLmtp } = await import('../lib/assembly/serve-lmtp.ts');
    process.exitCode = await serveLmtp(runOf(this, load, flags['feed-config']));
  }
}
