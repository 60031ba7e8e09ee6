import { duration, size } from '../../words/amount.ts';
import { choice } from '../../words/choice.ts';
import { listOf } from '../../words/list.ts';
import { feedPort, integer } from '../../words/number.ts';
import { secret } from '../../words/secret.ts';
import { group, optional, setting } from '../../words/setting.ts';
import { host, text } from '../../words/text.ts';
import { clientTls, record } from './published.ts';
import { reading, required } from './reading.ts';

const MiB = 2 ** 20;

export const hpfeeds = group('Records published by hpfeeds, on one channel or several.', {
  broker: optional(host, {
    about: 'Host of the broker.',
    words: 'the broker within the program, with the secrets that it made for itself',
    example: 'broker.example.org',
  }),
  port: setting(feedPort, { default: 10_000, about: 'Its port.' }),
  identity: optional(text, { about: 'Who publishes.', words: 'none', example: 'writer' }),
  secret: optional(secret, {
    about: 'The secret of that identity.',
    words: 'none',
    example: '{file: /etc/spamtrap/hpfeeds}',
  }),
  channels: setting(listOf(text), { default: ['spam.mails'], about: 'Where it is published.' }),
  record,
  handover: setting(choice('socket', 'broker', 'stored'), {
    default: 'broker',
    about:
      'When a record counts as handed over: when the kernel has it (socket), when the broker has passed it on (broker), or when whoever reads it says that it is stored (stored; "spamtrap subscribe" does).',
  }),
  echoChannel: optional(text, {
    about: 'A channel on which identity may publish and subscribe, by which the broker shows how far it is.',
    words: '`trap.echo.<identity>`; where that is not allowed each batch has a connection of its own',
    example: 'spam.echo',
  }),
  frameLimit: setting(size({ least: 1024, most: 10 * MiB + 5 }), {
    default: MiB,
    about: 'The longest frame that the broker takes; what is longer is set aside. 1 MiB is what all brokers take.',
  }),
  batch: setting(integer({ least: 1, most: 256 }), {
    default: 256,
    about: 'Records that are confirmed together.',
  }),
  window: setting(size({ least: 1 }), {
    default: 4 * MiB,
    about: 'Bytes that are confirmed together.',
  }),
  connectTimeout: setting(duration({ least: 1 }), {
    default: 10_000,
    about: 'How long each address of the broker may take to answer.',
  }),
  confirmTimeout: setting(duration({ least: 1 }), {
    default: 30_000,
    about: 'How long a batch may take to be confirmed before it is sent again.',
  }),
  tls: clientTls,
  ...reading,
  required: required(false),
});
