import type { SentProbe } from '../../src/lib/maildir/sent-probe.ts';
import { someOrigin } from './journals.ts';

const bytes = Buffer.from('Subject: probe\r\n\r\nfor scripts and the tests that run them\r\n');

/** The same in every process. */
export const someProbe: SentProbe = {
  attempt: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  facts: {
    ...someOrigin,
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
    receivedAt: '2026-11-20T12:00:00.000Z',
    sha256: '0'.repeat(64),
    size: bytes.length,
  },
  bytes,
  recipients: ['tester@example.org'],
  at: Date.UTC(2026, 10, 20, 12),
  software: 'Postfix',
};
