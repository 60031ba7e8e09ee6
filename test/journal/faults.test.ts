import { describe, expect, it } from 'vitest';
import { listSegments } from '../../src/lib/journal/layout.ts';
import { bytesOf, capturesOnDisk, keep, openJournal } from '../support/journals.ts';
import { faultyDisk, systemError, type Operation } from '../support/faulty-disk.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const texts = (dataDir: string) => capturesOnDisk(dataDir).map((capture) => bytesOf(capture).toString());

describe.each<[Operation, string, string]>([
  ['write', 'ENOSPC', 'full'],
  ['write', 'EIO', 'failed'],
  ['sync', 'ENOSPC', 'full'],
  ['sync', 'EIO', 'failed'],
])('a %s that fails with %s', (operation, code, why) => {
  it('acknowledges nothing, says so once, and goes on in a new segment', async () => {
    const dataDir = temporaryDirectory();
    let failing = false;
    const disk = faultyDisk((done, path) => {
      if (failing && done === operation && path.endsWith('.segment')) throw systemError(code);
    });
    const { journal, notices } = await openJournal(dataDir, { disk });
    await keep(journal, Buffer.from('before'));

    failing = true;
    const attempts = ['a', 'b', 'c'].map((text) => keep(journal, Buffer.from(text)));
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ why });
    await expect(keep(journal, Buffer.from('d'))).rejects.toMatchObject({ why });
    expect(notices.filter(({ event }) => event === 'journal.refusing')).toEqual([
      { event: 'journal.refusing', why, detail: expect.stringContaining(code) },
    ]);

    failing = false;
    await keep(journal, Buffer.from('after'));
    expect(notices.at(-1)).toEqual({ event: 'journal.resumed' });
    await journal.close();
    expect(texts(dataDir)).toEqual(['before', 'after']);
    // The file whose sync failed is never written again.
    expect(listSegments(journal.layout)).toEqual([1, 2]);
  });
});

describe('a side file that cannot be written', () => {
  it('refuses that message and no other', async () => {
    const dataDir = temporaryDirectory();
    const disk = faultyDisk((operation, path) => {
      if (operation === 'write' && path.includes('/sides/')) throw systemError('EIO');
    });
    const { journal } = await openJournal(dataDir, { disk, settings: { spillAt: 1_000 } });
    const large = keep(journal, Buffer.alloc(100_000));
    const small = keep(journal, Buffer.from('small'));
    await expect(large).rejects.toThrow('EIO');
    await small;
    await journal.close();
    expect(texts(dataDir)).toEqual(['small']);
  });
});

describe('room', () => {
  it('refuses below the disk floor, says so once, and resumes by itself', async () => {
    let free = 10_000_000;
    const disk = faultyDisk(
      () => undefined,
      () => free,
    );
    const { journal, notices } = await openJournal(temporaryDirectory(), {
      disk,
      settings: { diskFloor: 1_000_000, segmentSize: 100_000 },
    });
    await keep(journal, Buffer.from('fits'));
    free = 1_000_100;
    await until(() =>
      keep(journal, Buffer.alloc(1_000)).then(
        () => false,
        () => true,
      ),
    );
    await expect(keep(journal, Buffer.alloc(1_000))).rejects.toMatchObject({
      why: 'full',
      message: expect.stringContaining('journal.diskFloor'),
    });
    expect(notices.filter(({ event }) => event === 'journal.refusing')).toHaveLength(1);
    free = 10_000_000;
    await until(() => notices.some(({ event }) => event === 'journal.resumed'));
    await keep(journal, Buffer.alloc(1_000));
    await journal.close();
  });

  it('refuses above its own size, and resumes when a segment may go', async () => {
    const settings = { maxSize: 300_000, segmentSize: 50_000, retain: { age: 864e5, size: 100_000 } };
    const { journal, notices } = await openJournal(temporaryDirectory(), { settings });
    let refused = 0;
    await until(async () => {
      await keep(journal, Buffer.alloc(20_000)).catch(() => refused++);
      return notices.some(({ event }) => event === 'journal.removed') && notices.at(-1)?.event === 'journal.resumed';
    });
    expect(refused).toBeGreaterThan(0);
    await journal.close();
  });

  it('refuses when too many bytes wait for a slow disk', async () => {
    const gate = Promise.withResolvers<void>();
    let stuck = false;
    const disk = faultyDisk(async (operation) => {
      if (operation === 'sync' && stuck) await gate.promise;
    });
    const { journal } = await openJournal(temporaryDirectory(), { disk, settings: { maxPending: 10_000 } });
    await keep(journal, Buffer.from('x'));
    stuck = true;
    const first = keep(journal, Buffer.alloc(100));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const waiting = Array.from({ length: 20 }, () =>
      keep(journal, Buffer.alloc(1_000)).then(
        () => 'kept',
        (error: { why: string }) => error.why,
      ),
    );
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    gate.resolve();
    await first;
    const results = await Promise.all(waiting);
    expect(results.filter((result) => result === 'kept').length).toBeLessThan(10);
    expect(results).toContain('busy');
    await journal.close();
  });
});

/** Repeats a check until it holds; each turn waits for the loop, not for the clock. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('what was awaited did not happen within 20 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
