import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../errors.ts';
import { isoTime } from '../../text/time.ts';
import { printable } from '../../text/printable.ts';
import type { Probe, ProbeState } from '../probe.ts';
import { moveProbe } from './change.ts';
import { loadDeskRow } from './desk-row.ts';
import { findProbe } from './look.ts';

/** An operator lets a probe go out, as soon as the budget has room for it. */
export function approve(database: DatabaseSync, idOrPrefix: string, by: string, now: number): Probe {
  const probe = findProbe(database, idOrPrefix);
  refuseUnless(['held'], probe, 'approved');
  // Under the mode that the sensor runs in, which whoever decides need not know.
  const { mode } = loadDeskRow(database);
  const name = printable(by);
  const decision = { by: name, is: 'operator', under: mode, at: isoTime(now) } as const;
  const step = { to: 'approved', who: name, why: `approved by ${name}` } as const;
  return moveProbe(database, { ...probe, decision }, step, now);
}

/** An operator says that it never goes out; also of one that was approved and has not gone yet. */
export function deny(database: DatabaseSync, idOrPrefix: string, { by, why }: Denial, now: number): Probe {
  const probe = findProbe(database, idOrPrefix);
  refuseUnless(['held', 'approved'], probe, 'denied');
  const words = `denied by ${by}${why === undefined || why === '' ? '' : `: ${why}`}`;
  return moveProbe(database, probe, { to: 'denied', who: by, why: words }, now);
}

export interface Denial {
  readonly by: string;
  readonly why: string | undefined;
}

function refuseUnless(states: readonly ProbeState[], { id, state, reason }: Probe, wish: string): void {
  if (states.includes(state)) return;
  throw new Fault(`Probe ${id} cannot be ${wish}: it is ${state} (${reason}).`, {
    code: 'probe.state',
    fix: `Only what is ${states.join(' or ')} can be ${wish}; "spamtrap probes show ${id}" tells its story.`,
  });
}
