import { contest } from '../contest.ts';
import { smtpSinkDiscarding } from '../peers/smtp-sink.ts';

export const large = contest({
  name: 'large',
  load: { size: 65_536, connections: 20 },
  pairings: {
    'smtp-sink': {
      about: '64 KB on 20 connections, accepted; smtp-sink throws them away',
      peer: smtpSinkDiscarding,
      target: { atLeast: 1.5 },
    },
  },
});
