import type { Capture } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import type { Entry, JournalReader } from '../journal/reader.ts';
import { isWitness, type Output, type WitnessedEntry } from './output.ts';

/** One batch is the window of what is under way at an output. */
const windowCount = 256;
const windowBytes = 4 * 2 ** 20;

/** Neighbours in a batch that go to an output with one call. */
export type Run =
  | { readonly kind: 'captures'; readonly captures: readonly Capture[] }
  | { readonly kind: 'witnessed'; readonly entries: readonly WitnessedEntry[] };

/** Whether there may be more at once. */
export function isFull(batch: readonly Entry[]): boolean {
  return batch.length >= windowCount;
}

/** The next entries that the output wants. */
export function readBatch(reader: JournalReader, output: Output): Entry[] {
  const wantsAll = isWitness(output);
  const batch: Entry[] = [];
  let bytes = 0;
  while (batch.length < windowCount && bytes < windowBytes) {
    const entry = reader.next();
    if (entry === undefined) break;
    if (entry.kind !== 'capture' && !wantsAll) continue;
    batch.push(entry);
    bytes += entry.kind === 'capture' ? entry.capture.facts.size : entry.next.offset - entry.at.offset;
  }
  return batch;
}

export function runsOf(batch: readonly Entry[]): Run[] {
  const runs: Run[] = [];
  let captures: Capture[] = [];
  let entries: WitnessedEntry[] = [];
  for (const entry of batch) {
    if (entry.kind === 'capture') {
      if (captures.length === 0) runs.push({ kind: 'captures', captures });
      captures.push(entry.capture);
      entries = [];
    } else {
      if (entries.length === 0) runs.push({ kind: 'witnessed', entries });
      entries.push(entry);
      captures = [];
    }
  }
  return runs;
}

export function capturesIn(batch: readonly Entry[]): Capture[] {
  return batch.flatMap((entry) => (entry.kind === 'capture' ? [entry.capture] : []));
}

export function idOf(entry: Entry): Id {
  switch (entry.kind) {
    case 'capture':
      return entry.capture.facts.id;
    case 'evidence':
      return entry.facts.id;
    case 'session':
      return entry.id;
  }
}
