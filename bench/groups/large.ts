import { contest } from '../contest.ts';
import { usual } from '../load/usual.ts';
import { smtpSinkDiscarding } from '../peers/smtp-sink.ts';

export const large = contest({
  name: 'large',
  load: { ...usual, size: 65_536 },
  pairings: {
    'smtp-sink': {
      about: '64 KB on 20 connections, accepted; smtp-sink throws them away',
      peer: smtpSinkDiscarding,
      target: { atLeast: 1.5 },
    },
  },
});
