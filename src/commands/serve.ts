import { Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlag, feedConfigFlag, flagTexts, jsonFlag, maildirFlag, settingFlag } from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';
import { runOf } from '../run-command.ts';

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
    tui: Flags.boolean({
      description: 'Open the console where there is a terminal. With --no-tui events are lines there too.',
      env: 'SPAMTRAP_TUI',
      default: true,
      allowNo: true,
    }),
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
    const run = runOf(this, load, flags['feed-config']);
    const { settings, configuration } = run;
    const { serve } = await import('../lib/assembly/serve.ts');
    const { mailboxesFrom } = await import('../lib/assembly/collect/mailboxes.ts');
    const source = {
      mailboxes: mailboxesFrom(settings.collect.mailboxes),
      files: configuration.file === undefined ? [] : [configuration.file],
      reread: () => mailboxesFrom(load().settings.collect.mailboxes),
    };
    const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
    if (!flags.tui || !hasTerminal || settings.log.format !== 'auto') {
      process.exitCode = await serve(run, source);
      return;
    }
    const { OwnConsole } = await import('../lib/assembly/console/own-console.ts');
    const program = [process.execPath, ...process.execArgv, process.argv[1]!];
    const own = new OwnConsole(program, flags.config === undefined ? [] : ['--config', flags.config]);
    try {
      process.exitCode = await serve(run, source, own.shown);
    } finally {
      await own.end();
    }
  }
}
