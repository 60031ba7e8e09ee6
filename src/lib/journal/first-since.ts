import type { Id } from '../capture/id.ts';
import type { JournalLayout } from './layout.ts';
import { origin, type Position } from './position.ts';
import { JournalReader } from './reader.ts';

/** The first message that came at a moment or later. */
export function firstSince(
  layout: JournalLayout,
  end: Position,
  moment: number,
): { readonly at: Position; readonly id: Id; readonly receivedAt: string } | undefined {
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
