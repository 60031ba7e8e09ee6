import { Args, Command, Flags } from '@oclif/core';
import { configFlag, dataDirFlag, feedConfigFlag, flagTexts, jsonFlag } from '../flags.ts';
import { readFeed } from '../lib/config/feed.ts';
import { loadConfig } from '../lib/config/load.ts';

export default class FeedTest extends Command {
  static override summary = 'Try every output, step by step, and say in words what does not work and what to do.';

  static override description =
    'On each channel one message goes out that says that it is a test; --no-publish leaves that out. The exit code is ' +
    '0 when all outputs work, 3 when some do, 1 when none does.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --feed-config feed_config.yml',
    '<%= config.bin %> <%= command.id %> feed --no-publish --json',
  ];

  static override strict = false;

  static override args = { output: Args.string({ description: 'Only these outputs. [default: all]' }) };

  static override flags = {
    config: configFlag,
    'data-dir': dataDirFlag,
    'feed-config': feedConfigFlag,
    publish: Flags.boolean({
      description: 'Send a test message on each channel.',
      env: 'SPAMTRAP_FEED_TEST_PUBLISH',
      allowNo: true,
      default: true,
    }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(FeedTest);
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const feed = flags['feed-config'] === undefined ? undefined : readFeed(flags['feed-config']);
    const { feedTest } = await import('../lib/assembly/feed-test/feed-test.ts');
    process.exitCode = await feedTest({
      settings,
      feed,
      names: argv.map(String),
      publishes: flags.publish ? 'a test message' : 'nothing',
      shown: flags.json ? { json: 'output' } : 'steps',
    });
  }
}
