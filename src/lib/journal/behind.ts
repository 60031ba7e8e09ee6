import { statSync } from 'node:fs';
import { listSegments, type JournalLayout } from './layout.ts';
import type { Position } from './position.ts';
import { JournalReader } from './reader.ts';

export interface Behind {
  readonly bytes: number;
  /** When the oldest message came that is yet to be read. */
  readonly oldest: string | null;
}

/** What lies between a reader and an end. Sessions and seals behind the last message are nothing that is yet to be done. */
export function bytesBehind(layout: JournalLayout, from: Position, end: Position): Behind {
  const oldest = nextMessage(layout, from, end);
  if (oldest === undefined) return { bytes: 0, oldest: null };
  const { segment, offset } = from;
  const earlier = listSegments(layout).filter((number) => number >= segment && number < end.segment);
  const bytes = earlier.reduce((sum, number) => sum + statSync(layout.segment(number)).size, end.offset - offset);
  return { bytes, oldest };
}

function nextMessage(layout: JournalLayout, from: Position, end: Position): string | undefined {
  const reader = new JournalReader(layout, from, () => end, undefined, 'heads');
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (entry.kind === 'capture') return entry.capture.facts.receivedAt;
    }
    return undefined;
  } finally {
    reader.close();
  }
}
