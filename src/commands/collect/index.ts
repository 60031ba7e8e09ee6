import { Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlag, feedConfigFlag, flagTexts, jsonFlag, settingFlag } from '../../flags.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { runOf } from '../../run-command.ts';
import { mailboxConfigFlag, mailboxEntries } from '../../mailbox-flags.ts';

export default class Collect extends Command {
  static override summary = 'Collect the mail of trap mailboxes elsewhere, by IMAP and POP3: once, or continuously.';

  static override description =
    'Messages go into the journal and from there to the outputs. On the server they are marked, moved or deleted only ' +
    'after every required output has them; that of a feed file always is required. What was collected once is not ' +
    'collected again. A single run ends with 0 when all that was found is handed over, with 3 when something is left, ' +
    'and with 4 when another run is still at it.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> -f feed_config.yaml -m mailbox_credentials.yaml',
    '<%= config.bin %> <%= command.id %> -f feed_config.yaml -m mailbox_credentials.yaml --continuous',
    '<%= config.bin %> <%= command.id %> --config trap.yml --fetch-all --delete --json',
  ];

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    'feed-config': feedConfigFlag,
    'mailbox-config': mailboxConfigFlag,
    'fetch-all': Flags.boolean({
      char: 'a',
      description: 'Collect all messages, also those that somebody has read.',
      env: 'SPAMTRAP_COLLECT_FETCH_ALL',
    }),
    delete: Flags.boolean({
      char: 'd',
      description: 'Delete messages on the server once every required output has them.',
      env: 'SPAMTRAP_COLLECT_DELETE',
    }),
    continuous: Flags.boolean({
      char: 'c',
      aliases: ['continuous-fetch'],
      description: 'Stay connected and collect what comes, until a signal ends it.',
      env: 'SPAMTRAP_COLLECT_CONTINUOUS',
    }),
    patience: settingFlag('collect.patience'),
    json: Flags.boolean({
      description: `${jsonFlag.description} Of a single run: one object at its end.`,
      env: 'SPAMTRAP_JSON',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Collect);
    const load = () =>
      loadConfig({
        config: flags.config,
        flags: {
          ...flagTexts(flags, { 'data-dir': 'dataDir', patience: 'collect.patience' }),
          ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
        },
      });
    const run = runOf(this, load, flags['feed-config']);
    const { settings } = run;
    const { mailboxesFrom } = await import('../../lib/assembly/collect/mailboxes.ts');
    const { collectAll, collectAlways } = await import('../../lib/assembly/collect/collect.ts');
    const wishes = {
      ...(flags['fetch-all'] && { fetch: 'all' as const }),
      ...(flags.delete && { afterCollect: 'delete' as const }),
    };
    const mailboxFile = flags['mailbox-config'];
    const options = {
      run,
      source: {
        mailboxes: mailboxesFrom(mailboxEntries(settings, mailboxFile), wishes),
        files: [mailboxFile, run.configuration.file].filter((path) => path !== undefined),
        reread: () => mailboxesFrom(mailboxEntries(load().settings, mailboxFile), wishes),
      },
    };
    if (flags.continuous) process.exitCode = await collectAlways(options);
    else {
      const onTerminal = process.stdout.isTTY && settings.log.format === 'auto';
      process.exitCode = await collectAll(options, flags.json ? 'summary' : onTerminal ? 'progress' : 'events');
    }
  }
}
