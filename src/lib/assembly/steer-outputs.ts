import { ControlClient } from '../control/control-client.ts';
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
import { bytesBehind } from '../journal/behind.ts';
import { journalEnd } from '../journal/ends.ts';
import { firstSince } from '../journal/first-since.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { lockDataDir } from '../journal/lock.ts';
import { describePosition, origin } from '../journal/position.ts';
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
      behindBytes: bytesBehind(layout, mark.position, journalEnd(layout)).bytes,
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

/** Changes where an output stands, by the sensor that runs, or else here. Returns what was done, in words. */
export async function changeOutput(
  configured: string | undefined,
  name: string,
  change: OutputChange,
): Promise<string> {
  const { dataDir, layout } = existingJournal(configured);
  // What a sensor works with cannot be forgotten; the lock says so.
  if (change === 'forget') return changeHere(dataDir, layout, name, change);
  const sensor = await ControlClient.connect(dataDir);
  if (sensor === undefined) return changeHere(dataDir, layout, name, change);
  const { ask, ...given } = questionOf(change);
  try {
    return await sensor.ask<string>(`outputs.${ask}`, { output: name, ...given });
  } finally {
    sensor.close();
  }
}

function questionOf(change: Exclude<OutputChange, 'forget'>): { readonly ask: string; readonly since?: number } {
  if (typeof change !== 'object') return { ask: change };
  return { ask: 'rewind', ...(change.rewindTo !== 'oldest' && { since: change.rewindTo }) };
}

function changeHere(dataDir: string, layout: JournalLayout, name: string, change: OutputChange): string {
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
  const found = to === 'oldest' ? undefined : firstSince(layout, journalEnd(layout), to);
  moveReader(layout, registration, to === 'oldest' ? origin : (found?.at ?? journalEnd(layout)));
  if (to === 'oldest') return `${name} begins again at the oldest message.`;
  return found
    ? `${name} goes on with message ${found.id}, of ${found.receivedAt}.`
    : `${name} has nothing to do since then.`;
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
