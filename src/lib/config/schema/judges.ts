import { duration, size } from '../words/amount.ts';
import { flag } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { integer, portOrOff } from '../words/number.ts';
import { group, optional, setting } from '../words/setting.ts';
import { host } from '../words/text.ts';

const MiB = 2 ** 20;

function server(about: string) {
  return group(about, {
    host: setting(host, { default: '127.0.0.1', about: 'Host of the daemon.' }),
    port: setting(portOrOff, { default: 'off', about: 'Its port, or off.' }),
  });
}

export const judges = group(
  'Others who are asked about messages that have been kept, while the index is kept up to date. None unless you say so.',
  {
    spamd: server('SpamAssassin: spamd, usually on port 783.'),
    rspamd: server('rspamd: its worker, usually on port 11333.'),
    clamd: server('ClamAV: clamd, with TCPSocket in its configuration, usually 3310.'),
    sender: group('What the domain of the sender says: SPF, DKIM, DMARC. It asks DNS for names that peers chose.', {
      check: setting(flag, { default: false, about: 'Whether it is asked for.' }),
      resolvers: optional(listOf(host), {
        about: 'Addresses of DNS servers that are asked.',
        words: "the system's",
        example: '192.0.2.53',
      }),
    }),
    maxSize: setting(size({ least: 1024 }), { default: 5 * MiB, about: 'Larger messages are not asked about.' }),
    timeout: setting(duration({ least: 100 }), {
      default: 60_000,
      about: 'How long one of them may take for a message.',
    }),
    atOnce: setting(integer({ least: 1, most: 100 }), {
      default: 4,
      about: 'Messages that each is asked about at a time.',
    }),
  },
);
