import { duration, size } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { integer, port } from '../words/number.ts';
import { group, optional, setting } from '../words/setting.ts';
import { host, hostname, text } from '../words/text.ts';

const MiB = 2 ** 20;
const day = 24 * 60 * 60_000;

/** What has to be written before anything is sent without a person having looked at it. */
export const acknowledgement = 'probes may be sent to strangers';

const perDay = (about: string) => optional(integer({ least: 1 }), { about, words: 'any number', example: '5' });

const budget = group('How much may be sent. A day is the last 24 hours, and what was attempted counts.', {
  perDay: setting(integer(), { default: 20, about: 'Recipients a day in all.' }),
  perRecipient: setting(integer(), { default: 3, about: 'Times a day to one recipient.' }),
  perHour: optional(integer(), { about: 'Recipients an hour in all.', words: 'as many as a day', example: '5' }),
  perDomain: perDay('Times a day to the recipients of one domain.'),
  perSource: perDay('Times a day for the probes of one address.'),
  perNetwork: perDay('Times a day for the probes of one network (/24 for IPv4, /64 for IPv6).'),
  perRule: perDay('Times a day for the probes that one rule found.'),
  bytesPerDay: optional(size({ least: 1 }), { about: 'Bytes a day in all.', words: 'any number', example: '10 MiB' }),
});

const test = group('Where everything goes in the mode test.', {
  server: optional(host, { about: 'The server that takes it.', words: 'none', example: 'mx.example.org' }),
  port: setting(port, { default: 25, about: 'Its port.' }),
  recipient: optional(text, { about: 'Whom it is for.', words: 'none', example: 'me@example.org' }),
  sender: optional(text, { about: 'From whom it is.', words: 'the sender of the probe', example: 'me@example.org' }),
});

export const probes = group(
  'Probes are messages with which a spammer tests whether a relay works. They wait on a desk: docs/probes.md.',
  {
    mode: setting(choice('off', 'review', 'sandbox', 'test', 'live'), {
      default: 'review',
      about:
        'What becomes of them: nothing; a person decides; they go to a mail server within the program; to one server ' +
        'and recipient of yours; or out, within the budget.',
    }),
    acknowledge: optional(text, {
      about: `Has to be "${acknowledgement}" for the mode live.`,
      words: 'nothing, and live is review',
      example: acknowledgement,
    }),
    budget,
    recipients: setting(choice('first', 'all-within-budget', 'hold'), {
      default: 'first',
      about:
        'Of a probe for several: only the first, as many as the budget allows, or none before a person has looked.',
    }),
    deny: optional(listOf(text), {
      about: 'Addresses and domains to which nothing is ever sent.',
      words: 'none but role accounts',
      example: 'example.org',
    }),
    allow: optional(listOf(text), {
      about: 'Addresses and domains to which alone anything is sent.',
      words: 'all',
      example: 'example.net',
    }),
    largest: setting(size({ least: 1 }), {
      default: MiB,
      about: 'Bytes of a message that may be sent; a larger one is no test.',
    }),
    most: setting(integer({ least: 1 }), { default: 1000, about: 'Probes that wait; then the oldest expire.' }),
    mostBytes: setting(size({ least: 1 }), { default: 256 * MiB, about: 'Bytes of probes that wait.' }),
    keep: setting(duration(), { default: 30 * day, about: 'How long the content of a probe stays after its end.' }),
    test,
    resolvers: optional(listOf(host), {
      about: 'DNS servers that are asked where mail goes.',
      words: "the machine's",
      example: '192.0.2.53',
    }),
    ipv4Only: setting(listOf(hostname), {
      default: ['gmail.com'],
      about: 'Domains to whose servers only IPv4 is spoken; many take nothing over IPv6 from a machine without a name.',
    }),
    repair: setting(choice('none', 'headers'), {
      default: 'none',
      about: 'Whether a missing Date or Message-ID is added to what is sent.',
    }),
  },
);
