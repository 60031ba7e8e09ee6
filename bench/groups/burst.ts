import { contest } from '../contest.ts';
import { usual } from '../load/usual.ts';
import { aiosmtpdMailbox } from '../peers/aiosmtpd.ts';
import { smtpSinkDiscarding, smtpSinkWriting } from '../peers/smtp-sink.ts';

export const burst = contest({
  name: 'burst',
  load: { ...usual, connections: 100 },
  count: (pace) => pace.burst,
  pairings: {
    'smtp-sink': {
      about: 'a burst of 100,000, 4 KB on 100 connections, accepted; smtp-sink throws them away',
      peer: smtpSinkDiscarding,
      target: { atLeast: 1 },
    },
    'aiosmtpd-mailbox': {
      about: 'a burst accepted; aiosmtpd Mailbox writes a maildir, each file synced',
      peer: aiosmtpdMailbox,
      target: { atLeast: 14 },
    },
    'maildir-smtp-sink': {
      about: 'a burst until all of it is in the maildir; smtp-sink writes a file for each, unsynced',
      peer: smtpSinkWriting,
      counts: 'delivered',
      target: { atLeast: 0.75 },
    },
    'maildir-aiosmtpd': {
      about: 'a burst until all of it is in the maildir; aiosmtpd Mailbox writes one, each file synced',
      peer: aiosmtpdMailbox,
      counts: 'delivered',
      target: { atLeast: 5.5 },
    },
  },
});
