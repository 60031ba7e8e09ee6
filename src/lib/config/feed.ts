import { readDocument } from './read-document.ts';
import type { Secret } from './secret.ts';
import { choice, flag } from './words/choice.ts';
import { listOf } from './words/list.ts';
import { feedPort } from './words/number.ts';
import { secret } from './words/secret.ts';
import { type Effective, group, optional, setting } from './words/setting.ts';
import { host, text } from './words/text.ts';

const identity = optional(text, { about: 'Who publishes.', words: 'none', example: 'writer' });
const itsSecret = optional(secret, { about: 'The secret of that identity.', words: 'none', example: 'secret' });
const channels = setting(listOf(text), { default: ['spam.mails'], about: 'Where to publish.' });
const hpfeedsPort = setting(feedPort, { default: 10_000, about: 'Its port.' });

// The collectors of spamtrap-system keep this file beside the program. Those of 2021 wrote the keys of hpfeeds at the
// top; those that came later a type, and a block for each.
const schema = group('Where captures are published.', {
  broker: setting(host, { default: '127.0.0.1', about: 'Host of the hpfeeds broker.' }),
  port: hpfeedsPort,
  identity,
  secret: itsSecret,
  channels,
  tls: setting(flag, { default: false, about: 'Whether the broker speaks TLS.' }),
  type: optional(choice('hpfeeds', 'amqp'), {
    about: 'Which of the blocks below counts.',
    words: 'neither: the keys beside it do',
    example: 'amqp',
  }),
  hpfeeds: group('An hpfeeds broker.', {
    host: setting(host, { default: '127.0.0.1', about: 'Host of the broker.' }),
    port: hpfeedsPort,
    ident: identity,
    secret: itsSecret,
    channels,
    tls: setting(flag, { default: false, about: 'Whether the broker speaks TLS.' }),
  }),
  amqp: group('An AMQP broker.', {
    host: setting(host, { default: '127.0.0.1', about: 'Host of the broker.' }),
    port: setting(feedPort, { default: 5671, about: 'Its port.' }),
    vhost: setting(text, { default: '/', about: 'The virtual host.' }),
    ident: setting(text, { default: 'writer', about: 'Who publishes.' }),
    secret: itsSecret,
    exchange: setting(text, { default: 'spam', about: 'The topic exchange.' }),
    routing_key: setting(text, { default: 'spam.mails', about: 'Under which key it is published.' }),
    tls: setting(flag, { default: true, about: 'Whether the broker speaks TLS.' }),
    check_cert: setting(flag, { default: true, about: 'Whether its certificate has to be good.' }),
  }),
});

/** Where captures go, whichever form the file has. */
export type Feed =
  | {
      readonly type: 'hpfeeds';
      readonly broker: string;
      readonly port: number;
      readonly identity: string | undefined;
      readonly secret: Secret | undefined;
      readonly channels: readonly string[];
      readonly tls: boolean;
    }
  | ({ readonly type: 'amqp' } & Effective<typeof schema>['amqp']);

export function readFeed(path: string): Feed {
  const read = readDocument(schema, { path, namedBy: '--feed-config' });
  switch (read.type) {
    case undefined: {
      const { broker, port, identity, secret, channels, tls } = read;
      return { type: 'hpfeeds', broker, port, identity, secret, channels, tls };
    }
    case 'hpfeeds': {
      const { host: broker, ident: identity, ...rest } = read.hpfeeds;
      return { type: 'hpfeeds', broker, identity, ...rest };
    }
    case 'amqp':
      return { type: 'amqp', ...read.amqp };
  }
}
