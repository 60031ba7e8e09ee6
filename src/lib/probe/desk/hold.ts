import type { DatabaseSync } from 'node:sqlite';
import type { Capture, CaptureFacts } from '../../capture/capture.ts';
import { idTime } from '../../capture/id.ts';
import { isoTime } from '../../text/time.ts';
import type { Probe } from '../probe.ts';
import { conductOf, type RelayMode } from '../relay-mode.ts';
import { moveProbe } from './change.ts';
import { loadDeskRow } from './desk-row.ts';
import type { MessageFiles } from './message-files.ts';
import { hasProbe, saveProbe } from './probe-table.ts';
import { tell } from './story-table.ts';

export interface Holding {
  readonly files: MessageFiles;
  readonly mode: RelayMode;
  readonly now: number;
  /** A message of more bytes has no room on the desk, were it empty. */
  readonly mostBytes: number;
}

/**
 * Puts on the desk what a rule has chosen for it, and leaves out what is there already: after a crash the journal's
 * readers repeat themselves.
 */
export function holdAll(database: DatabaseSync, batch: readonly Capture[], holding: Holding): Probe[] {
  const held: Probe[] = [];
  for (const { facts, content } of batch) {
    if (facts.rules?.probe === undefined || hasProbe(database, facts.id)) continue;
    const fits = facts.size <= holding.mostBytes;
    if (fits) holding.files.put(facts.id, content);
    held.push(fits ? hold(database, facts, holding) : letGo(database, facts, holding.now));
  }
  // Within the transaction: a row is never there without its bytes.
  if (held.length > 0) holding.files.sync();
  return held;
}

function hold(database: DatabaseSync, facts: CaptureFacts, { mode, now }: Holding): Probe {
  const probe = probeFrom(facts, now);
  saveProbe(database, probe);
  tell(database, { at: now, probe: probe.id, what: 'held', who: `rule ${probe.rule}`, why: probe.because });
  if (conductOf[mode].approves === 'operator') return probe;
  if (idTime(facts.id) < loadDeskRow(database).doubtUntil) {
    return moveProbe(database, probe, { to: 'held', who: mode, why: doubt }, now);
  }
  const decision = { by: mode, is: 'automatic', under: mode, at: isoTime(now) } as const;
  const step = { to: 'approved', who: mode, why: `approved by the mode ${mode}` } as const;
  return moveProbe(database, { ...probe, decision }, step, now);
}

const doubt =
  'it came before the budget was made anew and may have been relayed already: only an operator can approve it';

function letGo(database: DatabaseSync, facts: CaptureFacts, now: number): Probe {
  const why = 'it is larger than all the room that the desk has; the journal has it';
  const probe: Probe = { ...probeFrom(facts, now), content: 'gone' };
  return moveProbe(database, probe, { to: 'expired', who: 'bounds', why }, now);
}

function probeFrom({ id, rules, envelope, evidence, queueId, size, sha256 }: CaptureFacts, now: number): Probe {
  const rule = rules?.probe ?? '';
  const reason = 'it waits for an operator';
  return {
    id,
    state: 'held',
    reason,
    heldAt: isoTime(now),
    changedAt: isoTime(now),
    rule,
    because: rules?.matches.find((match) => match.rule === rule)?.because ?? '',
    envelope,
    recipients: envelope.to.map((address) => ({ address, state: 'held', reason })),
    ...(evidence && { peer: evidence.peer.address, session: evidence.session }),
    ...(evidence?.helo !== undefined && { helo: evidence.helo }),
    ...(queueId !== undefined && { queueId }),
    size,
    sha256,
    content: 'kept',
    reports: [],
  };
}
