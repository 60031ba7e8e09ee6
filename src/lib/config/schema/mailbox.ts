import { duration, size } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { mailboxTls } from '../words/mailbox-tls.ts';
import { feedPort, integer } from '../words/number.ts';
import { proxy } from '../words/proxy.ts';
import { secret } from '../words/secret.ts';
import { group, optional, setting } from '../words/setting.ts';
import { host, text } from '../words/text.ts';

const MiB = 2 ** 20;

/** What a mailbox file of the systems before this one says of each mailbox, beside its protocol. */
const reached = {
  host: optional(host, { about: 'Host of the server.', words: 'none: it has to be said', example: 'imap.example.org' }),
  username: optional(text, {
    about: 'As whom to log in.',
    words: 'none: it has to be said',
    example: 'trap@example.org',
  }),
  password: optional(secret, {
    about: 'The password.',
    words: 'none',
    example: '{file: /etc/spamtrap/trap-1}',
  }),
  token: optional(secret, {
    about:
      'In place of a password: a bearer token for OAUTHBEARER or XOAUTH2, mostly {command: [PROGRAM, …]}; it is fetched anew for each login.',
    words: 'none',
    example: '{command: [oauth-token, trap@example.org]}',
  }),
  port: optional(feedPort, {
    about: 'Its port.',
    words: 'imap 143, imaps 993, pop3 110, pop3s 995',
    example: '993',
  }),
  tls: optional(mailboxTls, {
    about: 'How TLS is used, and how the server is known.',
    words:
      'starttls for imap at port 143 and pop3 at port 110, implicit everywhere else; the certificate has to be good',
    example: 'implicit',
  }),
  proxy: optional(proxy, {
    about: 'The proxy through which the server is reached.',
    words: 'none',
    example: 'socks5://127.0.0.1:9050',
  }),
};

export const mailbox = group('A trap mailbox.', {
  ...reached,
  folders: setting(listOf(text), {
    default: ['INBOX', '\\Junk'],
    about:
      'Folders to collect: names, patterns with * and %, or what the server says they are for, such as \\Junk. * means all.',
  }),
  fetch: setting(choice('unseen', 'all'), {
    default: 'unseen',
    about: 'Which messages are wanted: those that nobody has read, or all. Nothing is collected twice.',
  }),
  within: optional(duration({ least: 86_400_000 }), {
    about: 'Only messages that arrived within this time, counted in days.',
    words: 'any',
    example: '30d',
  }),
  afterCollect: setting(choice('none', 'seen', 'flag', 'move', 'delete'), {
    default: 'seen',
    about:
      'What becomes of a message on the server once every required output has it. POP3 knows only none and delete.',
  }),
  flag: setting(text, { default: '\\Flagged', about: 'The flag for afterCollect: flag.' }),
  moveTo: optional(text, {
    about: 'The folder for afterCollect: move.',
    words: 'none',
    example: 'Collected',
  }),
  largest: setting(size({ least: 1024, most: 1024 * MiB }), {
    default: 50 * MiB,
    about: 'Messages with more bytes are left on the server, with an event.',
  }),
  watch: setting(choice('idle', 'visit'), {
    default: 'idle',
    about:
      'Whether a continuous run stays connected and is told of new mail, or comes from time to time. POP3 is visited.',
  }),
  every: setting(duration({ least: 1000 }), {
    default: 10 * 60_000,
    about: 'How often a continuous run searches all of the mailbox, whatever the server tells.',
  }),
  connections: optional(integer({ least: 1, most: 100 }), {
    about: 'Connections that a continuous run may have open at once; folders beyond share the last one.',
    words: '3',
    example: '2',
  }),
  idleTime: optional(duration({ least: 10_000 }), {
    about: 'How long a server is left to idle before IDLE is begun anew.',
    words: '4m; 3m at Yahoo and AOL, 55s at servers that are known to hang up then',
    example: '55s',
  }),
  silence: setting(duration({ least: 1000 }), {
    default: 30_000,
    about: 'How long a server may say nothing when it owes an answer; a dead one is noticed after twice this time.',
  }),
  connectTimeout: setting(duration({ least: 1 }), {
    default: 20_000,
    about: 'How long it may take to reach the server and to be greeted.',
  }),
});
