import type { DatabaseSync } from 'node:sqlite';
import { grant } from '../budget/grant.ts';
import type { Attempt, Limits } from '../budget/limits.ts';
import type { Excess } from '../budget/weigh.ts';
import { describeExcess } from '../budget/words.ts';
import type { Probe } from '../probe.ts';
import type { Choice } from '../recipients/choose-recipients.ts';
import { planSending, type Sending } from '../recipients/plan-sending.ts';
import { accountFor, attemptFor } from './account.ts';
import { changeProbe, holdAgain, moveProbe } from './change.ts';
import { readBooks, recordAttempts } from './ledger.ts';
import { loadProbe } from './probe-table.ts';
import { tell } from './story-table.ts';

export type Reservation =
  | { readonly is: 'reserved'; readonly probe: Probe; readonly content: Buffer }
  /** It waits for an operator again; `over` when that is because of the budget. */
  | { readonly is: 'held'; readonly probe: Probe; readonly over?: Excess }
  | { readonly is: 'refused'; readonly probe: Probe }
  /** The kill switch is on; the probe stays as it is. */
  | { readonly is: 'stopped' }
  /** Somebody has decided otherwise or taken it meanwhile. */
  | { readonly is: 'gone' };

export interface Reserving {
  readonly sending: Sending;
  readonly limits: Limits;
  /** The bytes of a probe, if they are still what the peer sent. */
  readonly read: (probe: Probe) => Buffer | undefined;
  readonly now: number;
}

/**
 * Takes room in the budget for an approved probe and marks it as being sent, in one transaction: once that is on disk
 * it counts as sent, whatever becomes of it, and nobody will send it again.
 */
export function reserve(database: DatabaseSync, id: string, reserving: Reserving): Reservation {
  const { sending, read, now } = reserving;
  const who = sending.mode;
  const probe = loadProbe(database, id);
  if (probe?.state !== 'approved' || !probe.decision) return { is: 'gone' };
  const plan = planSending({ to: probe.envelope.to, size: probe.size, decision: probe.decision }, sending);
  if (plan.is === 'hold') return { is: 'held', probe: holdAgain(database, probe, who, plan.why, now) };
  if (plan.is === 'refuse') {
    const recipients = accountFor(probe, plan.choices);
    const step = { to: 'refused', who, why: plan.why } as const;
    return { is: 'refused', probe: changeProbe(database, probe, recipients, step, now) };
  }
  const content = read(probe);
  if (content) return takeRoom(database, probe, { choices: plan.choices, content }, reserving);
  const step = { to: 'refused', who, why: 'its bytes are not on the desk any more as they came' } as const;
  return { is: 'refused', probe: moveProbe(database, probe, step, now) };
}

/** What sending it would count in a budget; nothing where it is not to be sent anyway. */
export function wantedAttempts(probe: Probe, sending: Sending, now: number): readonly Attempt[] {
  if (!probe.decision) return [];
  const plan = planSending({ to: probe.envelope.to, size: probe.size, decision: probe.decision }, sending);
  return plan.is === 'send' ? [...attemptsOf(probe, plan.choices, now).values()] : [];
}

/** By the place of the recipient in the envelope. */
function attemptsOf(probe: Probe, choices: readonly Choice[], now: number): ReadonlyMap<number, Attempt> {
  return new Map(
    choices.flatMap((choice) =>
      choice.is === 'wanted' ? [[choice.place, attemptFor(probe, choice.mailbox, now)] as const] : [],
    ),
  );
}

/** Somebody else than this desk has something against it: it waits for an operator again. */
export function holdBack(database: DatabaseSync, id: string, who: string, why: string, now: number): Reservation {
  const probe = loadProbe(database, id);
  if (probe?.state !== 'approved') return { is: 'gone' };
  return { is: 'held', probe: holdAgain(database, probe, who, why, now) };
}

function takeRoom(
  database: DatabaseSync,
  probe: Probe,
  { choices, content }: { readonly choices: readonly Choice[]; readonly content: Buffer },
  { sending, limits, now }: Reserving,
): Reservation {
  const who = sending.mode;
  const attempts = attemptsOf(probe, choices, now);
  const { granted, over } = grant(limits, readBooks(database), [...attempts.values()]);
  const [first] = over.values();
  if (granted.length === 0 && first) {
    return { is: 'held', probe: holdAgain(database, probe, who, describeExcess(first), now), over: first };
  }
  const reservation = recordAttempts(database, granted, now);
  const recipients = accountFor(probe, choices, (place) => over.get(attempts.get(place)!));
  const to = recipients.flatMap(({ state, sentTo }) => (state === 'sending' ? [sentTo] : [])).join(', ');
  tell(database, {
    at: now,
    probe: probe.id,
    what: 'reserved',
    who,
    why: `${granted.length} of the budget, for ${to}`,
  });
  const step = { to: 'sending', who, why: `it is being sent to ${to}` } as const;
  return { is: 'reserved', probe: changeProbe(database, { ...probe, reservation }, recipients, step, now), content };
}
