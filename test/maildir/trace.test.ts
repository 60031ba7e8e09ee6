import { expect, it } from 'vitest';
import { traceHeaders } from '../../src/lib/maildir/trace.ts';

const facts = { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', receivedAt: '2026-11-27T00:00:00Z', sha256: 'ab', size: 10 };

it('says where a collected message lay, and claims no delivery that nobody has seen', () => {
  const source = { account: 'imap:trap@mail.example', folder: 'A\r\nX-Evil: 1', uidValidity: '7', uid: '3' };
  const headers = traceHeaders({ ...facts, intake: 'collect', envelope: { from: '', to: [] }, source }, 'spamtrap');
  expect(headers.toString().split('\r\n')).toEqual([
    expect.stringMatching(/^X-Spamtrap-Source: imap:trap@mail\.example A.*X-Evil: 1 7 3$/),
    'X-Spamtrap-Id: 01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'X-Spamtrap-Sha256: ab of the last 10 bytes',
    '',
  ]);
});
