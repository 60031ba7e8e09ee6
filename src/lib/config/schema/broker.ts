import { duration, size } from '../words/amount.ts';
import { choice, flag } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { integer, port, portOrOff } from '../words/number.ts';
import { path } from '../words/path.ts';
import { group, optional, setting } from '../words/setting.ts';
import { host, text } from '../words/text.ts';

const MiB = 2 ** 20;

const tls = group('TLS from the first byte.', {
  offer: setting(choice('yes', 'no'), {
    default: 'no',
    about: 'Whether the broker speaks TLS; then it speaks nothing else.',
  }),
  cert: optional(path, {
    about: 'File with the certificate chain, PEM; it is followed when it changes.',
    words: 'a self-signed one, made at the first start',
    example: '/etc/letsencrypt/live/broker.example.org/fullchain.pem',
  }),
  key: optional(path, {
    about: 'File with the private key of the certificate, PEM.',
    words: 'what stands in the file of the certificate',
    example: '/etc/letsencrypt/live/broker.example.org/privkey.pem',
  }),
});

const limits = group('What clients of the broker may take.', {
  frame: setting(size({ least: 1024, most: 10 * MiB + 5 }), {
    default: MiB + 5,
    about: 'Bytes of one published frame. What the reference takes is the default; 10 MiB is the most.',
  }),
  connections: setting(integer({ least: 1 }), { default: 1000, about: 'Open connections.' }),
  perAddress: setting(integer({ least: 1 }), { default: 100, about: 'Open connections from one address.' }),
  perIdentity: setting(integer({ least: 1 }), { default: 100, about: 'Open connections of one identity.' }),
  authTime: setting(duration({ least: 1 }), {
    default: 10_000,
    about: 'How long a client may take to say who it is.',
  }),
  backlog: setting(size({ least: MiB }), {
    default: 16 * MiB,
    about: 'Bytes that may wait for one subscriber that reads too slowly.',
  }),
  backlogs: setting(size({ least: MiB }), {
    default: 256 * MiB,
    about: 'Bytes that may wait for all of them.',
  }),
  slowFor: setting(duration({ least: 1 }), {
    default: 60_000,
    about: 'How long a subscriber may be too slow before it is sent away.',
  }),
});

export const broker = group('The hpfeeds broker, which "serve" has within it and "broker" runs alone.', {
  embed: setting(flag, { default: true, about: 'Whether "serve" has one.' }),
  name: setting(text, { default: 'spamtrap', about: 'The name with which it greets.' }),
  bind: setting(listOf(host), { default: ['127.0.0.1'], about: 'Addresses to listen on.' }),
  port: setting(port, { default: 10_000, about: 'Its port.' }),
  auth: optional(listOf(text), {
    about:
      'Where identities are found, in this order: a file (the JSON of the reference or of hpfeeds-rs, SQLite, or the text of tentacool), or env for HPFEEDS_<IDENTITY>_SECRET, _PUBCHANS and _SUBCHANS.',
    words: '`<data dir>/broker/users.json`, made at the first start with secrets of its own',
    example: '/etc/spamtrap/hpfeeds-users.json',
  }),
  channels: setting(listOf(text), {
    default: ['spam.mails'],
    about: 'The channels of the identities that are made at the first start; "serve" publishes there.',
  }),
  whenSlow: setting(choice('wait', 'drop', 'close'), {
    default: 'wait',
    about:
      'What happens when a subscriber reads too slowly: publishers wait for it, for slowFor at most (wait), it misses messages (drop), or it misses messages and is sent away after slowFor (close).',
  }),
  statusPort: setting(portOrOff, {
    default: 'off',
    about: 'Port on the loopback interface for /metrics and /healthz, or off.',
  }),
  tls,
  limits,
});
