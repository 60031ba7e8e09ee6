import { duration } from '../words/amount.ts';
import { choice, flag } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { natsServer } from '../words/nats-server.ts';
import { path } from '../words/path.ts';
import { secret } from '../words/secret.ts';
import { group, optional, setting } from '../words/setting.ts';
import { text } from '../words/text.ts';

/** How a cluster of NATS is reached. `whenLeftOut` says what holds without servers. */
export function natsAccess(whenLeftOut: string) {
  return {
    servers: optional(listOf(natsServer), {
      about: 'Servers of the cluster. When one goes, another one is taken.',
      words: whenLeftOut,
      example: 'nats://10.0.0.1:4222, nats://10.0.0.2:4222, nats://10.0.0.3:4222',
    }),
    identity: optional(text, {
      about: 'Who we are, where the servers ask for a name.',
      words: 'nobody',
      example: 'sensor',
    }),
    secret: optional(secret, {
      about: 'The password of that identity; without an identity a token.',
      words: 'none',
      example: '{file: /etc/spamtrap/nats}',
    }),
    credentials: optional(path, {
      about: 'A credentials file as "nsc" writes them, with a JWT and a seed; it is read anew at each login.',
      words: 'none',
      example: '/etc/spamtrap/sensor.creds',
    }),
    tls: group('TLS to the servers.', {
      use: setting(flag, {
        default: false,
        about: 'Whether they have to speak TLS. Where a server offers it, it is spoken anyway.',
      }),
      ca: optional(path, {
        about: 'File with the certificates of those who may vouch for the servers, PEM.',
        words: 'those that the system trusts',
        example: '/etc/spamtrap/nats-ca.pem',
      }),
      certificate: optional(path, {
        about: 'File with a certificate of ours, PEM, where the servers ask for one.',
        words: 'none',
        example: '/etc/spamtrap/sensor.pem',
      }),
      key: optional(path, {
        about: 'File with its key, PEM.',
        words: 'none',
        example: '/etc/spamtrap/sensor.key',
      }),
      begins: setting(choice('afterGreeting', 'atOnce'), {
        default: 'afterGreeting',
        about: 'When TLS begins; atOnce where the servers say handshake_first.',
      }),
    }),
    connectTimeout: setting(duration({ least: 1 }), {
      default: 10_000,
      about: 'How long a server may take to answer.',
    }),
  };
}

export const copies = optional(choice('1', '3', '5'), {
  about: 'How many servers keep a copy of what is made there.',
  words: '3 where the server is one of a cluster, otherwise 1',
  example: '3',
});
