import { Args, Command, Flags } from '@oclif/core';
import { feedFlags } from '../flags.ts';

export default class Publish extends Command {
  static override summary = 'Publish messages from files, and know whether they arrived.';

  static override description =
    'The exit code tells the truth: 0 only when the broker has confirmed everything, 1 when it refused or could not be ' +
    'reached, 3 when some files were too large for a frame.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> sample.eml',
    '<%= config.bin %> <%= command.id %> - --channel spam.mails --feed-config writer.yml < sample.eml',
  ];

  static override strict = false;

  static override args = {
    file: Args.string({ description: 'Files with a message each, or - for standard input.', required: true }),
  };

  static override flags = {
    ...feedFlags,
    channel: Flags.string({
      char: 'c',
      description: 'Where to publish; may be given several times. [default: the channels of the feed file]',
      env: 'SPAMTRAP_PUBLISH_CHANNEL',
      helpValue: '<channel>',
      multiple: true,
    }),
    raw: Flags.boolean({
      description: 'Publish the bytes as they are, and not as a record with sha256 and msg.',
      env: 'SPAMTRAP_PUBLISH_RAW',
    }),
    handover: Flags.option({
      description: 'What has to confirm it: nobody (socket), the broker, or whoever stores it.',
      env: 'SPAMTRAP_PUBLISH_HANDOVER',
      options: ['socket', 'broker', 'stored'] as const,
      default: 'broker',
    })(),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Publish);
    const { publish } = await import('../lib/assembly/publish.ts');
    const wish = {
      feed: { file: flags['feed-config'], dataDir: flags['data-dir'] },
      files: argv.map(String),
      channels: flags.channel ?? [],
      as: flags.raw ? 'raw' : 'record',
      level: flags.handover,
    } as const;
    process.exitCode = await publish(wish, (line) => this.log(line));
  }
}
