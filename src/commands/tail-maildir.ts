import { Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlag, feedConfigFlag, flagTexts, jsonFlag, listText, settingFlag } from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';
import { exitCodes, Fault } from '../lib/errors.ts';
import { runOf } from '../run-command.ts';

export default class TailMaildir extends Command {
  static override summary = 'Follow maildirs: show what comes, or take it into a journal and hand it on.';

  static override description =
    'All folders are followed, also those that appear later; nothing in them is changed. It begins with what comes ' +
    'from now on, and the next run goes on where this one ended. With --publish each message goes into the journal, ' +
    'byte for byte, and from there to the outputs, at least once; its headers are never taken for an envelope.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Maildir',
    '<%= config.bin %> <%= command.id %> /var/mail/trap --json | jq -r .subject',
    '<%= config.bin %> <%= command.id %> /var/mail/trap --publish -f feed_config.yaml --from-start',
  ];

  static override strict = false;

  static override flags = {
    publish: Flags.boolean({
      description: 'Take what comes into the journal, and hand it on to the outputs.',
      env: 'SPAMTRAP_TAIL_PUBLISH',
    }),
    'from-start': Flags.boolean({
      description: 'Begin with what is there already.',
      env: 'SPAMTRAP_TAIL_FROM_START',
    }),
    poll: settingFlag('maildirs.poll'),
    config: configFlag,
    'data-dir': dataDirFlag,
    'feed-config': feedConfigFlag,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(TailMaildir);
    const load = () =>
      loadConfig({
        config: flags.config,
        flags: {
          ...flagTexts(flags, { 'data-dir': 'dataDir', poll: 'maildirs.poll' }),
          ...(argv.length > 0 && listText('DIR', 'maildirs.paths', argv.map(String))),
          ...(flags['from-start'] && { 'maildirs.from': { flag: '--from-start', value: 'start' } }),
          ...(flags.json && { 'log.format': { flag: '--json', value: 'json' } }),
        },
      });
    if (flags['feed-config'] !== undefined && !flags.publish) {
      throw new Fault('A feed is named, and nothing is published.', {
        code: 'maildir.feed',
        fix: 'Say --publish too, or leave out --feed-config.',
        exit: exitCodes.usage,
      });
    }
    const run = runOf(this, load, flags['feed-config']);
    if ((run.settings.maildirs.paths ?? []).length === 0) {
      throw new Fault('It is not said which maildir is followed.', {
        code: 'maildir.none',
        fix: 'Name one or more: "spamtrap tail-maildir ~/Maildir", or maildirs.paths in the configuration.',
        exit: exitCodes.usage,
      });
    }
    const { publishMaildirs, showMaildirs } = await import('../lib/assembly/tail-maildir.ts');
    process.exitCode = await (flags.publish ? publishMaildirs(run) : showMaildirs(run));
  }
}
