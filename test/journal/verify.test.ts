import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalLayout, listSegments, type JournalLayout } from '../../src/lib/journal/layout.ts';
import { encodeHead } from '../../src/lib/journal/record.ts';
import { repairJournal } from '../../src/lib/journal/repair.ts';
import { verifyJournal, type Damage, type SegmentReport } from '../../src/lib/journal/verify.ts';
import { bytesOf, capturesOnDisk, keep, openJournal } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const texts = (dataDir: string) => capturesOnDisk(dataDir).map((capture) => bytesOf(capture).toString());

/** A journal of three segments with two messages each. */
async function journalOf(...messages: readonly string[]): Promise<{ dataDir: string; layout: JournalLayout }> {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir, { settings: { segmentSize: 900 } });
  for (const text of messages) await keep(journal, Buffer.from(text));
  await journal.close();
  return { dataDir, layout: journalLayout(dataDir) };
}

async function reports(layout: JournalLayout): Promise<SegmentReport[]> {
  const all: SegmentReport[] = [];
  for await (const report of verifyJournal(layout)) all.push(report);
  return all;
}

async function damages(layout: JournalLayout): Promise<Damage[]> {
  return (await reports(layout)).flatMap((report) => report.damages);
}

async function repair(layout: JournalLayout): Promise<string[]> {
  const saved: string[] = [];
  for await (const { savedAs } of repairJournal(layout)) saved.push(savedAs);
  return saved;
}

function overwrite(path: string, place: string | number, bytes: Buffer): void {
  const file = readFileSync(path);
  bytes.copy(file, typeof place === 'number' ? place : file.indexOf(place, 0, 'latin1'));
  writeFileSync(path, file);
}

const six = ['one', 'two', 'three', 'four', 'five', 'six'];

describe('verify', () => {
  it('finds nothing wrong with a journal that is whole', async () => {
    const { layout } = await journalOf(...six);
    const found = await reports(layout);
    expect(found.length).toBeGreaterThan(1);
    expect(found.flatMap((report) => report.damages)).toEqual([]);
    expect(found.reduce((sum, { captures }) => sum + captures, 0)).toBe(6);
  });

  it('finds a single changed byte of a message', async () => {
    const { layout } = await journalOf(...six);
    overwrite(layout.segment(1), 'two', Buffer.from('tvo'));
    expect(await damages(layout)).toMatchObject([{ segment: 1, why: expect.stringContaining('sha256') as string }]);
  });

  it('finds a segment that was cut short', async () => {
    const { layout } = await journalOf(...six);
    truncateSync(layout.segment(1), readFileSync(layout.segment(1)).length - 24);
    expect(await damages(layout)).toMatchObject([{ segment: 1 }]);
  });

  it('finds a side file that is gone or changed', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir, { settings: { spillAt: 1_000 } });
    const first = await keep(journal, randomBytes(5_000));
    const second = await keep(journal, randomBytes(5_000));
    await journal.close();
    const [one, two] = readdirSync(journal.layout.sides).sort();
    rmSync(join(journal.layout.sides, one!));
    overwrite(join(journal.layout.sides, two!), 100, Buffer.from('changed'));
    expect((await reports(journal.layout))[0]?.lostSides).toEqual([first.id, second.id]);
  });
});

describe('repair', () => {
  it.each([
    ['in the first segment', 1, 'two'],
    ['in the last segment', 3, 'five'],
  ])('sets damage %s aside, keeps every other message, and lets the journal open', async (_, segment, victim) => {
    const { dataDir, layout } = await journalOf(...six);
    overwrite(layout.segment(segment), victim, Buffer.from('XXXX'));
    if (segment === 3) await expect(openJournal(dataDir)).rejects.toMatchObject({ code: 'journal.damaged' });
    const [saved] = await repair(layout);
    expect(readFileSync(saved!, 'latin1')).toContain('XXXX');
    expect(await damages(layout)).toEqual([]);

    const { journal } = await openJournal(dataDir);
    await keep(journal, Buffer.from('seven'));
    await journal.close();
    expect(texts(dataDir)).toEqual([...six.filter((text) => text !== victim), 'seven']);
  });

  it('mends the very first record of a segment', async () => {
    const { dataDir, layout } = await journalOf(...six);
    overwrite(layout.segment(3), 8, Buffer.from('\xff\xff', 'latin1'));
    await expect(openJournal(dataDir)).rejects.toMatchObject({ code: 'journal.damaged' });
    await repair(layout);
    const { journal } = await openJournal(dataDir);
    await journal.close();
    expect(texts(dataDir)).toEqual(six);
  });

  it('mends a segment that was cut short', async () => {
    const { dataDir, layout } = await journalOf(...six);
    truncateSync(layout.segment(1), readFileSync(layout.segment(1)).length - 24);
    await repair(layout);
    expect(await damages(layout)).toEqual([]);
    expect(texts(dataDir)).toEqual(['one', 'three', 'four', 'five', 'six']);
  });

  it('changes nothing when there is nothing to repair', async () => {
    const { layout } = await journalOf(...six);
    const before = listSegments(layout).map((segment) => readFileSync(layout.segment(segment)));
    expect(await repair(layout)).toEqual([]);
    expect(listSegments(layout).map((segment) => readFileSync(layout.segment(segment)))).toEqual(before);
  });
});

describe('a message that contains what looks like a record', () => {
  // A sender who knows the format could otherwise make a torn tail look like damage, and the sensor refuse to start.
  it('does not pass for one when the journal is searched', async () => {
    const forged = Buffer.concat([
      encodeHead('capture', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '{"sha256":"x"}', 0, {
        segment: 1,
        salt: Buffer.alloc(8),
        synced: 2 ** 40,
      }),
      Buffer.alloc(64),
    ]);
    for (let shift = 0; shift < 8; shift++) {
      const dataDir = temporaryDirectory();
      const { journal } = await openJournal(dataDir);
      await keep(journal, Buffer.from('before'));
      const { offset } = journal.tail.position;
      await keep(journal, Buffer.concat([Buffer.alloc(shift), forged]));
      const path = journal.layout.segment(1);
      const asKilled = readFileSync(path);
      await journal.close();
      asKilled[offset + 70]! ^= 1;
      writeFileSync(path, asKilled);
      const { journal: again } = await openJournal(dataDir);
      await again.close();
      expect(texts(dataDir)).toEqual(['before']);
    }
  });
});
