import { duration, size } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { network } from '../words/network.ts';
import { integer, port, portOrOff } from '../words/number.ts';
import { path } from '../words/path.ts';
import { computed, group, optional, setting } from '../words/setting.ts';
import { host, hostname, text } from '../words/text.ts';
import { mailLimits } from './mail-limits.ts';

const limits = group('What peers may take. Each limit has a reply of its own, and none ends another session.', {
  ...mailLimits({
    recipients: 1000,
    envelope: 128 * 2 ** 10,
    errors: { words: 'as many as the persona bears: 20 for Postfix', example: '20' },
  }),
  messageSize: optional(size({ least: 1 }), {
    about: 'Bytes of one message, announced as SIZE; larger ones are told 552.',
    words: 'as many as the persona takes: 10240000 for Postfix',
    example: '32 MiB',
  }),
  perAddress: setting(integer({ least: 1 }), {
    default: 200,
    about: 'Open connections from one address; further ones are told 421 and closed.',
  }),
  perNetwork: setting(integer({ least: 1 }), {
    default: 1000,
    about: 'Open connections from one network (/24 for IPv4, /64 for IPv6).',
  }),
  junk: optional(integer({ least: 1 }), {
    about: 'Commands that bring no mail (NOOP, RSET, VRFY …) between two messages; further ones count as refused.',
    words: 'as many as the persona bears: 100 for Postfix',
    example: '100',
  }),
});

const tls = group('STARTTLS, and TLS from the first byte on smtpsPort.', {
  offer: setting(choice('yes', 'no'), {
    default: 'yes',
    about: 'Whether TLS can be had at all.',
  }),
  cert: optional(path, {
    about: 'File with the certificate chain, PEM; it is followed when it changes.',
    words: 'a self-signed one, made at the first start',
    example: '/etc/letsencrypt/live/mail.example.org/fullchain.pem',
  }),
  key: optional(path, {
    about: 'File with the private key of the certificate, PEM.',
    words: 'what stands in the file of the certificate',
    example: '/etc/letsencrypt/live/mail.example.org/privkey.pem',
  }),
  minVersion: setting(choice('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'), {
    default: 'TLSv1',
    about: 'The oldest version that is taken; old software is what a trap wants to hear from.',
  }),
});

const auth = group('What happens to those who try to log in. Whatever they try is kept as evidence.', {
  offer: setting(choice('always', 'secure', 'never'), {
    default: 'always',
    about: 'Whether AUTH can be had: always, under TLS alone (secure), or never.',
  }),
  accept: setting(choice('all', 'none', 'after', 'listed'), {
    default: 'all',
    about: 'Which credentials are accepted: all, none, all after some failures, or those listed in the file of users.',
  }),
  failures: setting(integer({ least: 0 }), {
    default: 3,
    about: 'Failures in one session before credentials are accepted, where accept is after.',
  }),
  users: optional(path, {
    about: 'File with one user:password on each line, where accept is listed.',
    words: 'none',
    example: '/etc/spamtrap/users',
  }),
});

const tarpit = group(
  'Peers that are answered slowly. They have places of their own, so that they take none of others.',
  {
    networks: optional(listOf(network), {
      about: 'Whose peers are answered slowly.',
      words: 'nobody',
      example: '192.0.2.0/24',
    }),
    memory: setting(duration(), {
      default: 0,
      about:
        'How long a peer that was cut off for its errors is answered slowly when it comes back; 0 forgives at once.',
    }),
    delay: setting(duration({ least: 1 }), {
      default: 5000,
      about: 'The time before each reply.',
    }),
    slots: setting(integer({ least: 1 }), {
      default: 1000,
      about: 'Such peers at a time; further ones are told 421 and closed.',
    }),
  },
);

export const relay = group('The fake open relay: an SMTP server that accepts mail for anyone and relays nothing.', {
  bind: setting(listOf(host), {
    default: ['127.0.0.1'],
    about: 'Addresses to listen on; 0.0.0.0 stands for all IPv4 addresses of the machine, :: for all IPv6 ones.',
  }),
  port: optional(port, {
    about: 'TCP port for SMTP.',
    words: '6025, or 25 more than basePort',
    example: '6025',
  }),
  smtpsPort: optional(portOrOff, {
    about: 'TCP port for SMTP in TLS from the first byte, or off.',
    words: '6465, or any free one when port is 0, or 465 more than basePort',
    example: '6465',
  }),
  submissionPort: optional(portOrOff, {
    about: 'TCP port for submission, or off.',
    words: '6587, or any free one when port is 0, or 587 more than basePort',
    example: '6587',
  }),
  basePort: optional(integer({ most: 64_948 }), {
    about: 'The ports that are not named are 25, 465 and 587 more than this; 0 stands for the real ones.',
    words: 'none',
    example: '6000',
  }),
  hostname: computed(hostname, {
    about: 'The name with which the relay greets its peers.',
    words: "the machine's host name",
    example: 'mail.example.org',
    from: ({ hostName }) => hostName,
  }),
  persona: setting(text, {
    default: 'postfix',
    about: 'The server that the relay plays: postfix, exim, or the file of a persona of your own.',
  }),
  proxies: optional(listOf(network), {
    about: 'Who may say by the PROXY protocol (1 or 2) for whom it comes; it then has to.',
    words: 'nobody',
    example: '192.0.2.10',
  }),
  tls,
  auth,
  tarpit,
  limits,
});
