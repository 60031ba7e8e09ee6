import { choice, flag } from '../../words/choice.ts';
import { listOf } from '../../words/list.ts';
import { path } from '../../words/path.ts';
import { group, optional, setting } from '../../words/setting.ts';
import { host, text } from '../../words/text.ts';

/** What a message on the wire to a back end is. */
export const record = setting(choice('plain', 'full', 'raw'), {
  default: 'plain',
  about:
    'What is published: sha256 and msg as every existing consumer reads them (plain), everything known of the capture (full), or the bare bytes (raw).',
});

/** How a broker is reached and known in TLS. */
export const clientTls = group('TLS to the broker.', {
  use: setting(flag, {
    default: false,
    about: 'Whether the broker is spoken to in TLS, from the first byte.',
  }),
  verify: setting(flag, {
    default: true,
    about: 'Whether the broker has to prove who it is; without that anybody in between can read and change everything.',
  }),
  ca: optional(path, {
    about: 'File with the certificates of those who may vouch for the broker, PEM.',
    words: 'those that the system trusts',
    example: '/etc/spamtrap/broker-ca.pem',
  }),
  pins: optional(listOf(text), {
    about: 'SHA-256 fingerprints of certificates that are taken as they are, whoever issued them.',
    words: 'none',
    example: '3F:A0:…',
  }),
  serverName: optional(host, {
    about: 'The name that the certificate has to carry.',
    words: 'the name of the broker',
    example: 'broker.example.org',
  }),
});
