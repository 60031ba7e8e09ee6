import { duration, size } from '../../words/amount.ts';
import { listOf } from '../../words/list.ts';
import { feedPort } from '../../words/number.ts';
import { secret } from '../../words/secret.ts';
import { group, optional, setting } from '../../words/setting.ts';
import { host, text } from '../../words/text.ts';
import { clientTls, record } from './published.ts';
import { reading, required } from './reading.ts';

const MiB = 2 ** 20;

export const amqp = group('Records published to an AMQP 0-9-1 broker such as RabbitMQ, each confirmed by it.', {
  broker: setting(host, { default: '127.0.0.1', about: 'Host of the broker.' }),
  port: optional(feedPort, { about: 'Its port.', words: '5672, or 5671 with TLS', example: '5671' }),
  vhost: setting(text, { default: '/', about: 'The virtual host.' }),
  identity: setting(text, { default: 'writer', about: 'Who publishes.' }),
  secret: optional(secret, {
    about: 'The password of that identity.',
    words: 'none',
    example: '{file: /etc/spamtrap/amqp}',
  }),
  exchange: setting(text, { default: 'spam', about: 'The topic exchange; it is made, durable, where there is none.' }),
  routingKeys: setting(listOf(text), { default: ['spam.mails'], about: 'Under which keys it is published.' }),
  queue: optional(text, {
    about: 'A durable queue that is made and bound, so that records wait for a consumer that has never come yet.',
    words: 'none: a record that no queue takes stays in the journal, and the output says so',
    example: 'spam.mails',
  }),
  record,
  maxMessage: setting(size({ least: 1024 }), {
    default: 128 * MiB,
    about: 'The longest record that the broker takes; what is longer is set aside.',
  }),
  connectTimeout: setting(duration({ least: 1 }), {
    default: 10_000,
    about: 'How long the broker may take to answer.',
  }),
  confirmTimeout: setting(duration({ least: 1 }), {
    default: 30_000,
    about: 'How long a batch may take to be confirmed before it is sent again.',
  }),
  heartbeat: setting(duration({ least: 1000, most: 3_600_000 }), {
    default: 30_000,
    about: 'How often either side shows that it is alive.',
  }),
  tls: clientTls,
  ...reading,
  required: required(false),
});
