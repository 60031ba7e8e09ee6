import { statSync } from 'node:fs';
import { exitCodes, Fault } from '../errors.ts';
import {
  Cursor,
  forgetReader,
  moveReader,
  readerNames,
  readRegistration,
  readRegistrations,
  writeRegistration,
  type Registration,
} from '../journal/cursor.ts';
import { journalEnd } from '../journal/ends.ts';
import { listSegments, type JournalLayout } from '../journal/layout.ts';
import { lockDataDir } from '../journal/lock.ts';
import { describePosition, origin, type Position } from '../journal/position.ts';
import { JournalReader } from '../journal/reader.ts';
import { nearest } from '../text/nearest.ts';
import { printable } from '../text/printable.ts';
import { formatSize } from '../text/units.ts';
import { Quarantine } from '../outputs/quarantine.ts';
import { existingJournal } from './data-dirs.ts';
import { readBootId } from './boot-id.ts';

export interface OutputStatus {
  readonly output: string;
  readonly segment: number;
  readonly offset: number;
  readonly lastId: string | null;
  readonly behindBytes: number;
  readonly paused: boolean;
  readonly readable: boolean;
  readonly quarantined: number;
}

export type OutputChange = 'forget' | 'pause' | 'resume' | 'forward' | { readonly rewindTo: 'oldest' | number };

/** Where each output stands. A running sensor is not disturbed. */
export function outputStatus(configured: string | undefined): OutputStatus[] {
  const { dataDir, layout } = existingJournal(configured);
  return readRegistrations(layout).map(({ name, paused }) => {
    const cursor = new Cursor(layout, name, readBootId()).load();
    const mark = cursor?.mark ?? { position: origin };
    return {
      output: name,
      ...mark.position,
      lastId: mark.id ?? null,
      behindBytes: bytesBehind(layout, mark.position),
      paused,
      readable: cursor?.state !== 'unreadable',
      quarantined: new Quarantine(dataDir, name).count(),
    };
  });
}

export function outputLine({ output, behindBytes, paused, readable, quarantined, lastId }: OutputStatus): string {
  const state = !readable ? 'cursor unreadable' : paused ? 'paused' : behindBytes === 0 ? 'up to date' : 'behind';
  const behind = behindBytes > 0 ? `  ${formatSize(behindBytes)} behind` : '';
  const aside = quarantined > 0 ? `  ${quarantined} in quarantine` : '';
  return `${output.padEnd(16)}  ${state.padEnd(17)}  last ${lastId ?? 'none'}${behind}${aside}`;
}

/** Changes where an output stands, while no sensor runs on this data directory. Returns what was done, in words. */
export function changeOutput(configured: string | undefined, name: string, change: OutputChange): string {
  const { dataDir, layout } = existingJournal(configured);
  const lock = lockDataDir(dataDir);
  try {
    return apply(layout, registrationOf(layout, name), change);
  } finally {
    lock.release();
  }
}

function apply(layout: JournalLayout, registration: Registration, change: OutputChange): string {
  const { name } = registration;
  if (typeof change === 'object') return rewind(layout, registration, change.rewindTo);
  switch (change) {
    case 'forget':
      forgetReader(layout, name);
      return `${name} is forgotten; it holds no segments back any longer.`;
    case 'pause':
      writeRegistration(layout, { ...registration, paused: true });
      return `${name} is paused; what comes in waits for it in the journal.`;
    case 'resume':
      writeRegistration(layout, { ...registration, paused: false });
      return `${name} goes on with the next start.`;
    case 'forward': {
      const end = journalEnd(layout);
      moveReader(layout, registration, end);
      return `${name} skips to the end (${describePosition(end)}).`;
    }
  }
}

function rewind(layout: JournalLayout, registration: Registration, to: 'oldest' | number): string {
  const { name } = registration;
  const found = to === 'oldest' ? undefined : firstSince(layout, to);
  moveReader(layout, registration, to === 'oldest' ? origin : (found?.at ?? journalEnd(layout)));
  if (to === 'oldest') return `${name} begins again at the oldest message.`;
  return found
    ? `${name} goes on with message ${found.id}, of ${found.receivedAt}.`
    : `${name} has nothing to do since then.`;
}

function firstSince(layout: JournalLayout, moment: number) {
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, origin, () => end, undefined, 'heads');
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (entry.kind !== 'capture') continue;
      const { id, receivedAt } = entry.capture.facts;
      if (Date.parse(receivedAt) >= moment) return { at: entry.at, id, receivedAt };
    }
    return undefined;
  } finally {
    reader.close();
  }
}

export function registrationOf(layout: JournalLayout, name: string): Registration {
  const registration = readRegistration(layout, name);
  if (registration === 'unreadable') {
    const checkpoint = { position: origin };
    return { name, checkpoint, paused: false, maxLag: Number.MAX_SAFE_INTEGER, whenBehind: 'hold' };
  }
  if (registration) return registration;
  const meant = nearest(name, readerNames(layout));
  throw new Fault(`There is no output called ${printable(name)}.`, {
    code: 'outputs.unknown',
    fix: meant ? `Did you mean ${meant}?` : '"spamtrap outputs list" shows which there are.',
    exit: exitCodes.usage,
  });
}

// Sessions and seals behind the last message are nothing that an output has yet to do.
function bytesBehind(layout: JournalLayout, { segment, offset }: Position): number {
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, { segment, offset }, () => end);
  try {
    let next = reader.next();
    while (next !== undefined && next.kind !== 'capture') next = reader.next();
    if (next === undefined) return 0;
  } finally {
    reader.close();
  }
  const earlier = listSegments(layout).filter((number) => number >= segment && number < end.segment);
  return earlier.reduce((sum, number) => sum + statSync(layout.segment(number)).size, end.offset - offset);
}
