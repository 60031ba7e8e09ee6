import { contest } from '../contest.ts';
import { joined } from '../joined.ts';
import { usual } from '../load/usual.ts';
import { aiosmtpdLmtp } from '../peers/aiosmtpd.ts';
import { dovecotLmtpMaildir } from '../peers/dovecot.ts';

const name = 'lmtp';

const single = contest({
  name,
  intake: 'lmtp',
  load: usual,
  pairings: {
    aiosmtpd: {
      about: '4 KB on 20 connections, accepted over LMTP; aiosmtpd as a collector adds each to a Python maildir',
      peer: aiosmtpdLmtp,
      target: { atLeast: 50 },
    },
    dovecot: {
      about: '4 KB on 20 connections, accepted over LMTP; Dovecot syncs each into a maildir',
      peer: dovecotLmtpMaildir,
      target: { atLeast: 15 },
    },
  },
});

const several = contest({
  name,
  intake: 'lmtp',
  load: { ...usual, recipients: 10 },
  pairings: {
    'recipients-aiosmtpd': {
      about: 'recipients of messages to 10 each; the collector, which replies once, gets a message for each recipient',
      peer: aiosmtpdLmtp,
      target: { atLeast: 50 },
    },
    'recipients-dovecot': {
      about: 'recipients of messages to 10 each; Dovecot syncs each once and links it for each recipient',
      peer: dovecotLmtpMaildir,
    },
  },
});

/** The catch-all, against what else stands behind a mail server. */
export const lmtp = joined(name, [single, several]);
