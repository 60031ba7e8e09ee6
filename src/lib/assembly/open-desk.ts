import { randomBytes } from 'node:crypto';
import type { Emit } from '../events/event.ts';
import { Desk } from '../probe/desk/desk.ts';
import { limitsOf, roomOf, type ProbeSettings } from './desk-settings.ts';

/** The desk of a data directory; a sensor and any number of commands may have it open. */
export function openDesk(dataDir: string, probes: ProbeSettings, emit: Emit): Desk {
  return new Desk({
    dataDir,
    room: roomOf(probes),
    limits: limitsOf(probes),
    now: Date.now,
    newIdentity: () => randomBytes(16).toString('hex'),
    emit,
  });
}
