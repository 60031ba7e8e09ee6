import { describe, expect, it } from 'vitest';
import { origin } from '../../src/lib/journal/position.ts';
import { JournalReader } from '../../src/lib/journal/reader.ts';
import { Tail } from '../../src/lib/journal/tail.ts';
import { keep, openJournal } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('a reader', () => {
  it('follows a journal that is being written, over preallocated segments, without a gap', async () => {
    const { journal } = await openJournal(temporaryDirectory(), { settings: { segmentSize: 3 * 2 ** 20 } });
    const tail = new Tail(journal.tail.memory);
    const reader = new JournalReader(journal.layout, origin, () => tail.position);
    const accepted: string[] = [];
    const found: string[] = [];
    const writer = (async () => {
      for (let round = 0; round < 300; round++) {
        const facts = await Promise.all(Array.from({ length: 20 }, () => keep(journal, Buffer.alloc(4_000, round))));
        accepted.push(...facts.map(({ id }) => id));
      }
    })();
    const progress = { isWriting: true };
    void writer.then(() => (progress.isWriting = false));
    while (progress.isWriting) {
      for (let entry = reader.next(); entry; entry = reader.next()) {
        if (entry.kind === 'capture') found.push(entry.capture.facts.id);
      }
      await tail.advance(tail.turn, 50);
    }
    for (let entry = reader.next(); entry; entry = reader.next()) {
      if (entry.kind === 'capture') found.push(entry.capture.facts.id);
    }
    expect(found).toEqual(accepted);
    reader.close();
    await journal.close();
  });
});
