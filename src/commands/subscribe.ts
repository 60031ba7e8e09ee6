import { Args, Command, Flags } from '@oclif/core';
import { configFlag, feedFlags } from '../flags.ts';
import { loadConfig } from '../lib/config/load.ts';

export default class Subscribe extends Command {
  static override summary = 'Receive what is published: as JSON lines, as .eml files, or into a maildir.';

  static override description =
    'Lines go to standard output, one JSON object for each message. With --eml or --maildir every message is on disk ' +
    'before it is confirmed: then publishers whose handover is "stored" know that it has arrived. Whoever refuses ' +
    'identity or channel ends the command; every other failure is tried again. A stream of NATS is named ' +
    'nats:STREAM/CONSUMER: who names the same consumer shares the work, and what is stored is confirmed.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> spam.mails | jq -r .sha256',
    '<%= config.bin %> <%= command.id %> spam.mails --eml /srv/spam --feed-config reader.yml',
    '<%= config.bin %> <%= command.id %> --count 1',
    '<%= config.bin %> <%= command.id %> nats:SPAM --maildir /srv/spam --config trap.yml',
    '<%= config.bin %> <%= command.id %> nats://127.0.0.1:4222/SPAM/archive --eml /srv/spam',
  ];

  static override strict = false;

  static override args = {
    channel: Args.string({ description: 'Channels, or one stream of NATS. [default: the channels of the feed file]' }),
  };

  static override flags = {
    ...feedFlags,
    config: configFlag,
    eml: Flags.string({
      description: 'Keep each message in this folder, as <sha256>.eml with a .json beside it.',
      env: 'SPAMTRAP_SUBSCRIBE_EML',
      helpValue: '<folder>',
      exclusive: ['maildir'],
    }),
    maildir: Flags.string({
      char: 'm',
      description: 'Keep each message in this maildir.',
      env: 'SPAMTRAP_SUBSCRIBE_MAILDIR',
      helpValue: '<folder>',
    }),
    count: Flags.integer({
      char: 'n',
      description: 'End after so many messages.',
      env: 'SPAMTRAP_SUBSCRIBE_COUNT',
      helpValue: '<number>',
      min: 1,
    }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Subscribe);
    const { eml, maildir, count } = flags;
    const { subscribe } = await import('../lib/assembly/subscribe.ts');
    const { isStreamPlace, streamPlaceFrom } = await import('../lib/assembly/stream-place.ts');
    const names = argv.map(String);
    const [first] = names;
    process.exitCode = await subscribe({
      from:
        first !== undefined && names.length === 1 && isStreamPlace(first)
          ? {
              kind: 'stream',
              place: streamPlaceFrom(first),
              cluster: loadConfig({ config: flags.config }).settings.cluster,
            }
          : { kind: 'feed', feed: { file: flags['feed-config'], dataDir: flags['data-dir'] }, channels: names },
      into:
        eml !== undefined
          ? { kind: 'eml', path: eml }
          : maildir !== undefined
            ? { kind: 'maildir', path: maildir }
            : { kind: 'lines' },
      count,
    });
  }
}
