import { Args, Command, Flags } from '@oclif/core';
import { configFlag, feedFlags } from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';

export default class Bridge extends Command {
  static override summary = 'Carry messages between an hpfeeds broker and a stream of NATS.';

  static override description =
    'Publishers and subscribers stay as they are, at whatever broker they know. What publishers say goes into the ' +
    'stream, and those that wait for receipts get them once the stream has confirmed. What the stream holds goes to ' +
    'subscribers, and is confirmed to the stream once the broker has taken it. Messages that this bridge brought are ' +
    'not carried back by it.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> nats:SPAM/hpfeeds --feed-config feed.yml --config trap.yml',
    '<%= config.bin %> <%= command.id %> nats://127.0.0.1:4222/SPAM/hpfeeds --carry in',
  ];

  static override args = {
    stream: Args.string({
      description: 'The stream and a durable consumer of it: nats:STREAM/CONSUMER.',
      required: true,
    }),
  };

  static override flags = {
    ...feedFlags,
    config: configFlag,
    channel: Flags.string({
      description: 'A channel of the broker; may be given several times. [default: those of the feed file]',
      helpValue: '<name>',
      multiple: true,
    }),
    carry: Flags.string({
      description: 'What is carried: into the stream, out of it, or both.',
      options: ['both', 'in', 'out'],
      default: 'both',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Bridge);
    const { bridge, directions } = await import('../lib/assembly/bridge.ts');
    const { streamPlaceFrom } = await import('../lib/assembly/stream-place.ts');
    process.exitCode = await bridge({
      place: streamPlaceFrom(args.stream),
      cluster: loadConfig({ config: flags.config }).settings.cluster,
      feed: { file: flags['feed-config'], dataDir: flags['data-dir'] },
      channels: flags.channel ?? [],
      carries: directions.find((direction) => direction === flags.carry) ?? 'both',
    });
  }
}
