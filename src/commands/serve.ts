import { Command } from '@oclif/core';
import { configFlag, dataDirFlag, feedConfigFlag, flagTexts, jsonFlag, maildirFlag, settingFlag } from '../flags.ts';
import { dataDirFor } from '../lib/config/data-dir.ts';
import { readFeed } from '../lib/config/feed.ts';
import { loadConfig } from '../lib/config/load.ts';

export default class Serve extends Command {
  static override summary =
    'Run the whole sensor: the relay, the catch-all, the collector of mailboxes, a broker, and all outputs.';

  static override description =
    'With nothing configured everything listens on the loopback interface alone, and what is captured is published ' +
    'on the channel spam.mails of the broker within: "spamtrap subscribe spam.mails" shows it. SIGTERM or Ctrl-C ' +
    'lets messages under way be finished; a second signal does not wait.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/spamtrap/trap.yml --data-dir /var/lib/spamtrap',
  ];

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    bind: settingFlag('relay.bind'),
    hostname: settingFlag('relay.hostname'),
    persona: settingFlag('relay.persona'),
    rules: settingFlag('rules.file'),
    maildir: maildirFlag,
    'feed-config': feedConfigFlag,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const load = () =>
      loadConfig({
        config: flags.config,
        flags: {
          ...flagTexts(flags, {
            'data-dir': 'dataDir',
            bind: 'relay.bind',
            hostname: 'relay.hostname',
            persona: 'relay.persona',
            rules: 'rules.file',
            maildir: 'outputs.maildir.path',
          }),
          ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
        },
      });
    const { settings, file } = load();
    const feed = flags['feed-config'] === undefined ? undefined : readFeed(flags['feed-config']);
    const { serve } = await import('../lib/assembly/serve.ts');
    const { mailboxesFrom } = await import('../lib/assembly/collect/mailboxes.ts');
    const source = {
      mailboxes: mailboxesFrom(settings.collect.mailboxes),
      files: file === undefined ? [] : [file],
      reread: () => mailboxesFrom(load().settings.collect.mailboxes),
    };
    process.exitCode = await serve(settings, dataDirFor('serve', settings.dataDir), source, feed);
  }
}
