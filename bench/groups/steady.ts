import { contest } from '../contest.ts';
import { usual } from '../load/usual.ts';
import { dovecotLmtpMaildir } from '../peers/dovecot.ts';
import { postfixHold, postfixQueue } from '../peers/postfix.ts';
import { smtpSinkDiscarding } from '../peers/smtp-sink.ts';

export const steady = contest({
  name: 'steady',
  load: usual,
  pairings: {
    'smtp-sink': {
      about: '4 KB on 20 connections, accepted; smtp-sink throws them away',
      peer: smtpSinkDiscarding,
      target: { atLeast: 0.7 },
    },
    'postfix-queue': {
      about: '4 KB on 20 connections, accepted; Postfix syncs each into its queue and puts it off',
      peer: postfixQueue,
      target: { atLeast: 10 },
    },
    'postfix-hold': {
      about: '4 KB on 20 connections, accepted; Postfix syncs each and sets it aside',
      peer: postfixHold,
    },
    'dovecot-lmtp': {
      about: '4 KB on 20 connections, accepted; Dovecot syncs each into a maildir, over LMTP',
      peer: dovecotLmtpMaildir,
      target: { atLeast: 15 },
    },
  },
});
