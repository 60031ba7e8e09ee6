import { size } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { lmtpPort } from '../words/number.ts';
import { path } from '../words/path.ts';
import { computed, group, optional, setting } from '../words/setting.ts';
import { host, hostname } from '../words/text.ts';
import { mailLimits } from './mail-limits.ts';

const limits = group('What the mail server before us may take.', {
  ...mailLimits({
    recipients: 10_000,
    envelope: 2 * 2 ** 20,
    errors: { words: 'any number', example: '1000' },
  }),
  messageSize: setting(size({ least: 1 }), {
    default: 64 * 2 ** 20,
    about: 'Bytes of one message, announced as SIZE; the mail server before us should take no larger ones.',
  }),
});

export const lmtp = group('The catch-all behind a mail server: takes what that delivers by LMTP, for whole domains.', {
  bind: setting(listOf(host), {
    default: ['127.0.0.1'],
    about: 'Addresses to listen on.',
  }),
  port: setting(lmtpPort, { default: 6024, about: 'TCP port to listen on.' }),
  socket: optional(path, {
    about: 'Unix socket to listen on, in place of addresses and port.',
    words: 'none',
    example: '/run/spamtrap/lmtp',
  }),
  socketMode: setting(choice('600', '660', '666'), {
    default: '666',
    about: 'Who may connect to the Unix socket; the mail server is seldom the same user.',
  }),
  hostname: computed(hostname, {
    about: 'The name with which it greets.',
    words: "the machine's host name",
    example: 'trap.example.org',
    from: ({ hostName }) => hostName,
  }),
  domains: optional(listOf(hostname), {
    about: 'Domains whose mail is taken; recipients elsewhere are told 550.',
    words: 'all',
    example: 'example.org',
  }),
  limits,
});
