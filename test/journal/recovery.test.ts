import { cpSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalLayout, listSegments } from '../../src/lib/journal/layout.ts';
import { capturesOnDisk, bytesOf, keep, openJournal } from '../support/journals.ts';
import { forgetfulDisk } from '../support/faulty-disk.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The state that a kill leaves: everything written so far, nothing closed. */
function copyAsIfKilled(dataDir: string): string {
  const copy = join(temporaryDirectory(), 'data');
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

const texts = (dataDir: string) => capturesOnDisk(dataDir).map((capture) => bytesOf(capture).toString());

const lastSegment = (dataDir: string) => journalLayout(dataDir).segment(listSegments(journalLayout(dataDir)).at(-1)!);

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset]! ^= 0x40;
  writeFileSync(path, bytes);
}

describe('recovery', () => {
  it('cuts a tail that is torn at any byte of the last record, and goes on', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    await keep(journal, Buffer.from('first'));
    const whole = journal.tail.position.offset;
    await keep(journal, Buffer.from('the last one'));
    const end = journal.tail.position.offset;
    const killed = copyAsIfKilled(dataDir);
    await journal.close();

    for (let cut = whole; cut < end; cut++) {
      const torn = copyAsIfKilled(killed);
      truncateSync(lastSegment(torn), cut);
      const { journal: again, notices } = await openJournal(torn);
      const { id } = await keep(again, Buffer.from('after'));
      await again.close();
      expect(texts(torn)).toEqual(['first', 'after']);
      expect(id > capturesOnDisk(torn)[0]!.facts.id).toBe(true);
      // A tail of zeros is nothing that was written.
      expect(notices.some(({ event }) => event === 'journal.recovered')).toBe(cut > whole);
    }
  }, 120_000);

  it('sets what it cuts aside', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    await keep(journal, Buffer.from('first'));
    const whole = journal.tail.position.offset;
    await keep(journal, Buffer.from('torn away'));
    const killed = copyAsIfKilled(dataDir);
    await journal.close();
    flip(lastSegment(killed), whole + 70);
    const { journal: again } = await openJournal(killed);
    await again.close();
    const { damaged } = journalLayout(killed);
    const [tail] = readdirSync(damaged);
    expect(readFileSync(join(damaged, tail!), 'latin1')).toContain('torn away');
  });

  it('refuses to open with a flipped bit anywhere before the last sync, and changes nothing', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    for (const text of ['one', 'two', 'three']) await keep(journal, Buffer.from(text));
    const killed = copyAsIfKilled(dataDir);
    await journal.close();
    const synced = capturesEnd(killed, 2);
    for (let offset = 0; offset < synced; offset += 3) {
      const damaged = copyAsIfKilled(killed);
      // The padding between two records carries nothing, and the reserved bytes are covered by the checksum.
      if (isPadding(damaged, offset)) continue;
      flip(lastSegment(damaged), offset);
      const before = readFileSync(lastSegment(damaged));
      await expect(openJournal(damaged), `byte ${offset}`).rejects.toMatchObject({
        code: 'journal.damaged',
        fix: expect.stringContaining('spamtrap journal repair'),
      });
      expect(readFileSync(lastSegment(damaged)).equals(before)).toBe(true);
    }
  }, 120_000);

  it('knows after a clean stop that a damaged last record is damage', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    await keep(journal, Buffer.from('only one'));
    const { offset } = journal.tail.position;
    await journal.close();
    flip(lastSegment(dataDir), offset - 12);
    await expect(openJournal(dataDir)).rejects.toMatchObject({ code: 'journal.damaged' });
  });

  it('forgets a segment that was created but never begun', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    await keep(journal, Buffer.from('kept'));
    await journal.close();
    writeFileSync(journalLayout(dataDir).segment(2), Buffer.alloc(100_000));
    const { journal: again } = await openJournal(dataDir);
    await keep(again, Buffer.from('more'));
    await again.close();
    expect(texts(dataDir)).toEqual(['kept', 'more']);
  });

  it('removes side files that were never finished', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir, { settings: { spillAt: 10 } });
    const draft = journal.draft();
    await draft.write(Buffer.alloc(100_000));
    const killed = copyAsIfKilled(dataDir);
    await draft.abandon();
    await journal.close();
    expect(readdirSync(journalLayout(killed).sides)).toHaveLength(1);
    const { journal: again } = await openJournal(killed);
    expect(readdirSync(journalLayout(killed).sides)).toEqual([]);
    await again.close();
  });

  it('loses nothing acknowledged to a power failure, whatever pages of the unsynced bytes survive', async () => {
    let promises = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const { disk, loseSome } = forgetfulDisk();
      const dataDir = temporaryDirectory();
      const { journal } = await openJournal(dataDir, { disk, settings: { segmentSize: 200_000, spillAt: 60_000 } });
      const acknowledged: string[] = [];
      const senders = Array.from({ length: 8 }, async (_, sender) => {
        for (let index = 0; index < 6; index++) {
          const bytes = Buffer.alloc(Math.floor(random() * (random() < 0.1 ? 90_000 : 9_000)), `${sender}.${index} `);
          acknowledged.push((await keep(journal, bytes)).sha256);
        }
      });
      // The power goes at some moment in the middle, between two steps of whoever is just at work.
      const moment = Math.floor(random() * 48);
      while (acknowledged.length < moment) await new Promise((resolve) => setImmediate(resolve));
      const promised = [...acknowledged];
      const after = join(temporaryDirectory(), 'data');
      loseSome(dataDir, after, random);
      await Promise.all(senders);
      await journal.close();

      const { journal: again } = await openJournal(after);
      await again.close();
      const found = new Set(capturesOnDisk(after).map(({ facts }) => facts.sha256));
      expect(promised.filter((sha256) => !found.has(sha256))).toEqual([]);
      promises += promised.length;
    }
    expect(promises).toBeGreaterThan(400);
  }, 120_000);
});

function capturesEnd(dataDir: string, count: number): number {
  const capture = readFileSync(lastSegment(dataDir));
  let offset = 0;
  for (let seen = 0; seen <= count; seen++) offset = capture.indexOf('STJR', offset + 1, 'latin1');
  return offset > 0 ? offset : statSync(lastSegment(dataDir)).size;
}

function isPadding(dataDir: string, offset: number): boolean {
  const bytes = readFileSync(lastSegment(dataDir));
  const start = bytes.lastIndexOf('STJR', offset, 'latin1');
  const length = 64 + bytes.readUInt32BE(start + 10) + bytes.readUIntBE(start + 14, 6);
  return offset - start >= length;
}

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
