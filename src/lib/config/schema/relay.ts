import { duration, size } from '../words/amount.ts';
import { listOf } from '../words/list.ts';
import { integer, port } from '../words/number.ts';
import { computed, group, setting } from '../words/setting.ts';
import { host, hostname } from '../words/text.ts';

const limits = group('What peers may take. Each limit has a reply of its own, and none ends another session.', {
  connections: setting(integer({ least: 1 }), {
    default: 10_000,
    about: 'Open connections in all; further ones are told 421 and closed.',
  }),
  recipients: setting(integer({ least: 1 }), {
    default: 1000,
    about: 'Recipients of one message; further ones are told 452.',
  }),
  messageSize: setting(size({ least: 1 }), {
    default: 10_240_000,
    about: 'Bytes of one message, announced as SIZE; the default is the one that Postfix has.',
  }),
  commandLine: setting(size({ least: 512 }), {
    default: 8 * 1024,
    about: 'Bytes of one command line; longer ones are told 500.',
  }),
  errors: setting(integer({ least: 1 }), {
    default: 20,
    about: 'Refused commands in one session; then it is told 421 and closed.',
  }),
  messages: setting(integer({ least: 1 }), {
    default: 100_000,
    about: 'Messages in one session; further ones are told 450.',
  }),
  idle: setting(duration({ least: 1000 }), {
    default: 5 * 60_000,
    about: 'How long a session may stay silent before it is told 421 and closed.',
  }),
  session: setting(duration({ least: 1000 }), {
    default: 60 * 60_000,
    about: 'How long a session may last in all.',
  }),
});

export const relay = group('The fake open relay: an SMTP server that accepts mail for anyone and relays nothing.', {
  bind: setting(listOf(host), {
    default: ['127.0.0.1'],
    about: 'Addresses to listen on; 0.0.0.0 and :: stand for all of the machine.',
  }),
  port: setting(port, { default: 6025, about: 'TCP port to listen on.' }),
  hostname: computed(hostname, {
    about: 'The name with which the relay greets its peers.',
    words: "the machine's host name",
    example: 'mail.example.org',
    from: ({ hostName }) => hostName,
  }),
  limits,
});
