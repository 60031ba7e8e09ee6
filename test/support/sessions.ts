import type { SessionFacts } from '../../src/lib/capture/capture.ts';

/** A session as the relay would have it kept. */
export function sessionOf(details: Partial<SessionFacts> = {}): SessionFacts {
  return {
    intake: 'relay',
    session: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    peer: { address: '192.0.2.1', port: 4711 },
    local: { address: '192.0.2.25', port: 25 },
    openedAt: '2026-11-20T11:59:58.000Z',
    closedAt: '2026-11-20T12:00:00.000Z',
    endedBy: 'quit',
    commands: 3,
    errors: 0,
    messages: 0,
    bytesIn: 100,
    ...details,
  };
}
