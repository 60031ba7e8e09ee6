import type { DatabaseSync } from 'node:sqlite';
import { isoTime } from '../../text/time.ts';
import { printable } from '../../text/printable.ts';
import type { Probe, ProbeRecipient, ProbeState } from '../probe.ts';
import { saveProbe } from './probe-table.ts';
import { tell } from './story-table.ts';

/** A step of a probe: where it goes, who made it go there, and why. */
export interface Step {
  readonly to: ProbeState;
  readonly who: string;
  readonly why: string;
}

/** Moves a probe and all of its recipients, and adds that to its story. */
export function moveProbe(database: DatabaseSync, probe: Probe, step: Step, now: number): Probe {
  const reason = printable(step.why);
  const recipients = probe.recipients.map((recipient) => ({ ...recipient, state: step.to, reason }));
  return changeProbe(database, probe, recipients, step, now);
}

/** The same where each recipient has its own state. */
export function changeProbe(
  database: DatabaseSync,
  probe: Probe,
  recipients: readonly ProbeRecipient[],
  { to, who, why }: Step,
  now: number,
): Probe {
  const changed: Probe = { ...probe, state: to, reason: printable(why), recipients, changedAt: isoTime(now) };
  saveProbe(database, changed);
  tell(database, { at: now, probe: probe.id, what: to, who, why });
  return changed;
}

/** Back to waiting for an operator: whoever approved it has had no effect. */
export function holdAgain(database: DatabaseSync, probe: Probe, who: string, why: string, now: number): Probe {
  const { decision: _, ...undecided } = probe;
  return moveProbe(database, undecided, { to: 'held', who, why }, now);
}
