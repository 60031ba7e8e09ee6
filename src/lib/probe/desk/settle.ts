import type { DatabaseSync } from 'node:sqlite';
import { printable } from '../../text/printable.ts';
import { isoTime } from '../../text/time.ts';
import type { Probe, ProbeRecipient, ProbeState } from '../probe.ts';
import type { RelayReport } from '../relay/report.ts';
import { changeProbe } from './change.ts';
import { loadProbe, saveProbe } from './probe-table.ts';
import { tell } from './story-table.ts';

/** What became of one recipient, by the address that was used. */
export interface RecipientOutcome {
  readonly sentTo: string;
  readonly state: Extract<ProbeState, 'relayed' | 'refused' | 'unreachable' | 'uncertain'>;
  readonly reason: string;
  readonly reply?: string;
}

export interface Settlement {
  readonly outcomes: readonly RecipientOutcome[];
  /** What the relay had to say, when it was asked. */
  readonly report?: RelayReport;
  readonly why: string;
}

/**
 * Writes down what became of some recipients of a probe that is being sent; with the last of them the probe is
 * finished. Only whoever reserved it may do that, also where another start has meanwhile called it uncertain.
 */
export function settle(
  database: DatabaseSync,
  { id, reservation }: Probe,
  { outcomes, report, why }: Settlement,
  now: number,
): Probe {
  const probe = loadProbe(database, id);
  if (!probe || reservation === undefined || probe.reservation !== reservation) {
    throw new Error(`probe ${id} is not the one that was reserved`);
  }
  const byAddress = new Map(outcomes.map((outcome) => [outcome.sentTo, outcome]));
  const recipients = probe.recipients.map((recipient) => {
    const outcome = isOpen(recipient) ? byAddress.get(recipient.sentTo ?? '') : undefined;
    return outcome ? { ...recipient, ...outcome, reason: printable(outcome.reason) } : recipient;
  });
  const reported: Probe = report ? { ...probe, reports: [...probe.reports, report] } : probe;
  tell(database, { at: now, probe: id, what: 'reported', who: report?.server?.host ?? 'relay', why });
  if (recipients.some(({ state }) => state === 'sending')) {
    const partly = { ...reported, recipients, changedAt: isoTime(now) };
    saveProbe(database, partly);
    return partly;
  }
  const to = stateFrom(recipients);
  const step = { to, who: 'relay', why: recipients.find(({ state }) => state === to)?.reason ?? why };
  return changeProbe(database, reported, recipients, step, now);
}

function isOpen({ state }: ProbeRecipient): boolean {
  return state === 'sending' || state === 'uncertain';
}

/** The worst that an operator has to know first. */
export function stateFrom(recipients: readonly ProbeRecipient[]): ProbeState {
  const states = new Set(recipients.map(({ state }) => state));
  return (['uncertain', 'relayed', 'unreachable'] as const).find((state) => states.has(state)) ?? 'refused';
}
