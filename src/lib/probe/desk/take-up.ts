import type { DatabaseSync } from 'node:sqlite';
import type { Probe } from '../probe.ts';
import type { RelayMode } from '../relay-mode.ts';
import { changeProbe, holdAgain } from './change.ts';
import { loadDeskRow, saveDeskRow } from './desk-row.ts';
import { probesIn } from './probe-table.ts';
import { itself, tell } from './story-table.ts';

export interface TakenUp {
  /** They were being sent when the program ended. */
  readonly uncertain: readonly Probe[];
  /** They were approved under another mode. */
  readonly heldAgain: readonly Probe[];
}

/** What a start does first: nothing that may have gone out goes out again, and no approval outlives its mode. */
export function takeUp(database: DatabaseSync, mode: RelayMode, now: number): TakenUp {
  const row = loadDeskRow(database);
  if (row.mode !== mode) {
    saveDeskRow(database, { ...row, mode });
    tell(database, { at: now, what: 'mode', who: itself, why: `the mode was ${row.mode}, and now it is ${mode}` });
  }
  const uncertain = probesIn(database, 'sending').map((probe) => {
    const recipients = probe.recipients.map((recipient) =>
      recipient.state === 'sending' ? { ...recipient, state: 'uncertain' as const, reason: interrupted } : recipient,
    );
    return changeProbe(database, probe, recipients, { to: 'uncertain', who: itself, why: interrupted }, now);
  });
  const heldAgain = probesIn(database, 'approved')
    .filter(({ decision }) => decision?.under !== mode)
    .map((probe) => {
      const why = `it was approved when the mode was ${probe.decision?.under}, and now it is ${mode}`;
      return holdAgain(database, probe, itself, why, now);
    });
  return { uncertain, heldAgain };
}

const interrupted =
  'the program ended while it was being sent: nobody can tell whether it went out, and it is never sent again';
