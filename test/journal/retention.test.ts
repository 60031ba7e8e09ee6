import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Cursor, type WhenBehind } from '../../src/lib/journal/cursor.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import { listSegments } from '../../src/lib/journal/layout.ts';
import type { Position } from '../../src/lib/journal/position.ts';
import { keep, openJournal } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const small = { segmentSize: 20_000, retain: { age: 864e5, size: 50_000 } };

async function fill(journal: Journal, count: number, bytes = 20_000): Promise<void> {
  for (let index = 0; index < count; index++) await keep(journal, Buffer.alloc(bytes, index));
}

function register(journal: Journal, name: string, position: Position, whenBehind: WhenBehind = 'hold'): Cursor {
  const cursor = new Cursor(journal.layout, name, 'boot');
  cursor.register({ checkpoint: { position }, paused: false, maxLag: 80_000, whenBehind });
  return cursor;
}

describe('retention', () => {
  it('removes the oldest segments once there are more bytes than are kept', async () => {
    const { journal, notices } = await openJournal(temporaryDirectory(), { settings: small });
    await fill(journal, 6);
    await journal.removeOld();
    expect(listSegments(journal.layout)).toEqual([5, 6]);
    expect(notices.filter(({ event }) => event === 'journal.removed')).toHaveLength(4);
    await journal.close();
  });

  it('removes segments that are too old', async () => {
    const { journal } = await openJournal(temporaryDirectory(), {
      settings: { ...small, retain: { age: 3_600_000, size: 10_000_000 } },
    });
    await fill(journal, 4);
    const longAgo = new Date(Date.now() - 7_200_000);
    for (const segment of [1, 2]) utimesSync(journal.layout.segment(segment), longAgo, longAgo);
    await journal.removeOld();
    expect(listSegments(journal.layout)).toEqual([3, 4]);
    await journal.close();
  });

  it('keeps what a reader has not passed, until it has', async () => {
    const { journal } = await openJournal(temporaryDirectory(), { settings: small });
    await fill(journal, 2);
    const cursor = register(journal, 'slow', { segment: 2, offset: 0 });
    await fill(journal, 4);
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBe(2);
    // A position that was not synced does not let a segment go: after a power failure the reader would come back to it.
    cursor.savePosition({ position: { segment: 6, offset: 0 } });
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBe(2);
    cursor.register({
      checkpoint: { position: { segment: 6, offset: 0 } },
      paused: false,
      maxLag: 80_000,
      whenBehind: 'hold',
    });
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBe(5);
    await journal.close();
  });

  it('does not wait for a reader that may skip and is further behind than its maxLag', async () => {
    const { journal } = await openJournal(temporaryDirectory(), { settings: small });
    await fill(journal, 1);
    register(journal, 'optional', { segment: 1, offset: 0 }, 'skip');
    await fill(journal, 2);
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBe(1);
    await fill(journal, 4);
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBeGreaterThan(1);
    await journal.close();
  });

  it('keeps everything for a reader whose cursor cannot be read', async () => {
    const { journal } = await openJournal(temporaryDirectory(), { settings: small });
    mkdirSync(journal.layout.readers, { recursive: true });
    register(journal, 'broken', { segment: 9, offset: 9 });
    writeFileSync(`${journal.layout.readers}/broken.json`, '{"checkpoint":');
    await fill(journal, 6);
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBe(1);
    await journal.close();
  });

  it('removes side files with the segment that refers to them, and no others', async () => {
    const { journal } = await openJournal(temporaryDirectory(), { settings: { ...small, spillAt: 5_000 } });
    const early = journal.draft();
    await early.write(Buffer.alloc(8_000, 'e'));
    await fill(journal, 1, 8_000);
    await fill(journal, 2, 4_900);
    for (let index = 0; index < 12; index++) await keep(journal, Buffer.alloc(4_900));
    // This one began to arrive in the first segment and is kept in the last.
    const { sha256 } = await early.accept({ intake: 'relay', envelope: { from: '', to: [] } });
    await journal.removeOld();
    expect(listSegments(journal.layout)[0]).toBeGreaterThan(1);
    expect(readdirSync(journal.layout.sides).length).toBeGreaterThanOrEqual(1);
    expect(sha256).toHaveLength(64);
    for (let index = 0; index < 20; index++) await keep(journal, Buffer.alloc(4_900));
    await journal.removeOld();
    expect(readdirSync(journal.layout.sides)).toEqual([]);
    await journal.close();
  });
});
