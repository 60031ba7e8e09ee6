import { Cursor, readRegistrations } from '../journal/cursor.ts';
import { journalEnd } from '../journal/ends.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { origin, type Position } from '../journal/position.ts';
import { JournalReader } from '../journal/reader.ts';
import { accountFile, type AccountState } from '../outputs/account.ts';
import { Quarantine } from '../outputs/quarantine.ts';
import { printableWithin } from '../text/printable.ts';
import { formatDuration } from '../text/units.ts';
import { readBootId } from './boot-id.ts';
import { existingJournal } from './data-dirs.ts';
import { registrationOf } from './steer-outputs.ts';

/** Further ones are not counted: whoever is so far behind is far behind. */
const mostCounted = 10_000;
/** A sensor that runs gives a sign of life more often than that. */
const stale = 30_000;

export interface OutputAccount {
  readonly output: string;
  readonly paused: boolean;
  /** Messages that it has yet to do; at most 10000 are counted. */
  readonly behind: number;
  /** The time of the oldest of them. */
  readonly oldest: string | null;
  readonly quarantined: number;
  readonly running: boolean;
  readonly delivered: number | null;
  readonly perSecond: number | null;
  readonly failingSince: string | null;
  readonly lastError: AccountState['lastError'] | null;
}

/** How each output is doing. A running sensor is not disturbed. */
export function outputAccounts(configured: string | undefined, name: string | undefined, now: number): OutputAccount[] {
  const { dataDir, layout } = existingJournal(configured);
  const readers = name === undefined ? readRegistrations(layout) : [registrationOf(layout, name)];
  return readers.map(({ name: output, paused }) => {
    const mark = new Cursor(layout, output, readBootId()).load()?.mark ?? { position: origin };
    const state = accountFile(layout, output).read();
    const running = state !== undefined && !state.ended && now - Date.parse(state.writtenAt) < stale;
    return {
      output,
      paused,
      ...waitingFrom(layout, mark.position),
      quarantined: new Quarantine(dataDir, output).count(),
      running,
      delivered: state?.delivered ?? null,
      perSecond: running ? Math.round((state.lastMinute / 60) * 10) / 10 : null,
      failingSince: state?.failingSince ?? null,
      lastError: state?.lastError ?? null,
    };
  });
}

export function accountText(account: OutputAccount, now: number): string {
  const { output, paused, behind, oldest, quarantined, running, delivered, perSecond, failingSince, lastError } =
    account;
  const since = (time: string) => formatDuration(Math.max(now - Date.parse(time), 0));
  const count = behind >= mostCounted ? `more than ${mostCounted}` : String(behind);
  const lag = behind === 0 ? 'up to date' : `${count} messages behind, the oldest ${since(oldest!)} old`;
  const state = paused ? 'paused' : failingSince ? `failing for ${since(failingSince)}` : 'well';
  const lines = [`${output}: ${state}, ${lag}`];
  if (delivered !== null)
    lines.push(`  delivered ${delivered} since the start${running ? `, ${perSecond} a second now` : ''}`);
  if (quarantined > 0) lines.push(`  in quarantine: ${quarantined} ("spamtrap outputs quarantine list ${output}")`);
  if (lastError) {
    const { detail, at, attempts } = lastError;
    lines.push(`  last error ${since(at)} ago, attempt ${attempts}: ${printableWithin(detail, 300)}`);
  }
  return lines.join('\n');
}

function waitingFrom(layout: JournalLayout, from: Position): Pick<OutputAccount, 'behind' | 'oldest'> {
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, from, () => end, undefined, 'heads');
  let behind = 0;
  let oldest: string | null = null;
  try {
    for (let entry = reader.next(); entry !== undefined && behind < mostCounted; entry = reader.next()) {
      if (entry.kind !== 'capture') continue;
      oldest ??= entry.capture.facts.receivedAt;
      behind++;
    }
  } finally {
    reader.close();
  }
  return { behind, oldest };
}
