import { contest } from '../contest.ts';
import { usual } from '../load/usual.ts';
import { aiosmtpdDiscarding } from '../peers/aiosmtpd.ts';
import { npmSmtpServerDiscarding } from '../peers/npm-smtp-server.ts';
import { smtpSinkDiscarding } from '../peers/smtp-sink.ts';

export const reconnect = contest({
  name: 'reconnect',
  load: { ...usual, reconnects: true },
  pairings: {
    'smtp-sink': {
      about: '4 KB, each on a new connection, 20 at a time; smtp-sink throws them away',
      peer: smtpSinkDiscarding,
      target: { atLeast: 0.6 },
    },
    aiosmtpd: {
      about: '4 KB, each on a new connection, 20 at a time; aiosmtpd throws them away',
      peer: aiosmtpdDiscarding,
      target: { atLeast: 2 },
    },
    'npm-smtp-server': {
      about: '4 KB, each on a new connection, 20 at a time; npm smtp-server throws them away',
      peer: npmSmtpServerDiscarding,
      target: { atLeast: 30 },
    },
  },
});
