import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOf, capturesOnDisk, entriesOnDisk, keep, openJournal, someOrigin } from '../support/journals.ts';
import { faultyDisk } from '../support/faulty-disk.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const awkward: Record<string, Buffer> = {
  'no bytes at all': Buffer.alloc(0),
  'a NUL': Buffer.from('Subject: a\0b\r\n\r\n\0\r\n'),
  'bare CR and bare LF': Buffer.from('Subject: x\r\n\r\none\rtwo\nthree\r\n'),
  'no final newline': Buffer.from('Subject: x\r\n\r\nend'),
  'bytes that are no text': randomBytes(5_000),
  'a line of 10 MB': Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), Buffer.alloc(10_000_000, 'x')]),
  '100,000 headers': Buffer.from(
    `${Array.from({ length: 100_000 }, (_, index) => `X-Header-${index}: ${index}`).join('\r\n')}\r\n\r\n`,
  ),
};

describe('a journal', () => {
  it.each(Object.entries(awkward))('keeps a message with %s to the byte', async (_, bytes) => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    const facts = await keep(journal, bytes);
    await journal.close();

    expect(facts).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
    const [capture, ...others] = capturesOnDisk(dataDir);
    expect(others).toEqual([]);
    expect(bytesOf(capture!).equals(bytes)).toBe(true);
    expect(capture!.facts).toEqual(facts);
  });

  it('has a message on disk when accept() resolves, not only after it is closed', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    const { id } = await keep(journal, Buffer.from('now\r\n'));
    expect(capturesOnDisk(dataDir).map((capture) => capture.facts.id)).toEqual([id]);
    await journal.close();
  });

  it('keeps the order of arrival, with ids that sort the same way, over restarts', async () => {
    const dataDir = temporaryDirectory();
    const accepted: string[] = [];
    for (let run = 0; run < 3; run++) {
      const { journal } = await openJournal(dataDir);
      const facts = await Promise.all(
        Array.from({ length: 50 }, (_, index) => keep(journal, Buffer.from(`${run}/${index}`))),
      );
      accepted.push(...facts.map(({ id }) => id));
      await journal.close();
    }
    expect(capturesOnDisk(dataDir).map(({ facts }) => facts.id)).toEqual(accepted);
    expect([...accepted].sort()).toEqual(accepted);
    expect(new Set(accepted).size).toBe(150);
  });

  it('never gives an id twice or out of order when the clock steps back, also over a restart', async () => {
    const dataDir = temporaryDirectory();
    let time = 1_800_000_000_000;
    const ids: string[] = [];
    for (let run = 0; run < 3; run++) {
      const { journal } = await openJournal(dataDir, { now: () => time });
      for (let index = 0; index < 5; index++) {
        ids.push((await keep(journal, Buffer.from('x'))).id);
        time -= 60_000;
      }
      await journal.close();
    }
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets all who wait share one sync', async () => {
    const dataDir = temporaryDirectory();
    let syncs = 0;
    const disk = faultyDisk((operation, path) => {
      if (operation === 'sync' && path.endsWith('.segment')) syncs++;
    });
    const { journal } = await openJournal(dataDir, { disk });
    await keep(journal, Buffer.from('the first begins the segment'));
    syncs = 0;
    await Promise.all(Array.from({ length: 500 }, () => keep(journal, Buffer.alloc(1_000))));
    // The first write takes whoever is there; everyone else waits for the second.
    expect(syncs).toBeLessThanOrEqual(2);
    await journal.close();
  });

  it('leaves the event loop alone while the disk is slow', async () => {
    const gate = Promise.withResolvers<void>();
    let stuck = false;
    const disk = faultyDisk(async (operation, path) => {
      if (operation === 'sync' && path.endsWith('.segment') && stuck) await gate.promise;
    });
    const { journal } = await openJournal(temporaryDirectory(), { disk });
    await keep(journal, Buffer.from('x'));
    stuck = true;
    let isKept = false;
    const kept = keep(journal, Buffer.from('y')).then(() => (isKept = true));
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isKept).toBe(false);
    gate.resolve();
    await kept;
    await journal.close();
  });

  it('streams what is larger than spillAt to a file of its own', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir, { settings: { spillAt: 10_000 } });
    const large = randomBytes(500_000);
    const [facts] = await Promise.all([keep(journal, large), keep(journal, Buffer.from('small'))]);
    await journal.close();
    const capture = capturesOnDisk(dataDir).find((found) => found.facts.id === facts.id)!;
    expect(capture.content.kind).toBe('file');
    expect(bytesOf(capture).equals(large)).toBe(true);
  });

  it('has outputs give way to messages for which a peer waits, and to no others', async () => {
    const { journal } = await openJournal(temporaryDirectory());
    const fetched = journal.unhurriedDraft();
    expect(journal.tail.underWay).toBe(0);
    const sent = journal.draft();
    expect(journal.tail.underWay).toBe(1);
    await Promise.all([fetched.accept(someOrigin), sent.accept(someOrigin)]);
    expect(journal.tail.underWay).toBe(0);
    await journal.close();
  });

  it('holds no more than its memory: what is too much goes to files', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir, { settings: { memory: 300_000 } });
    const drafts = Array.from({ length: 20 }, () => journal.draft());
    for (const draft of drafts) await draft.write(randomBytes(50_000));
    const facts = await Promise.all(drafts.map((draft) => draft.accept(someOrigin)));
    await journal.close();
    const kinds = capturesOnDisk(dataDir).map((capture) => capture.content.kind);
    expect(kinds).toHaveLength(facts.length);
    expect(kinds.filter((kind) => kind === 'bytes').length).toBeLessThanOrEqual(6);
    for (const capture of capturesOnDisk(dataDir)) expect(sha256(bytesOf(capture))).toBe(capture.facts.sha256);
  });

  it('keeps sessions as evidence beside the messages', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    journal.note({
      session: 's',
      intake: 'relay',
      peer: { address: '192.0.2.1', port: 1 },
      local: { address: '192.0.2.2', port: 25 },
      openedAt: '2026-11-20T10:00:00.000Z',
      closedAt: '2026-11-20T10:00:01.000Z',
      endedBy: 'quit',
      commands: 1,
      errors: 0,
      messages: 0,
      bytesIn: 6,
    });
    await journal.close();
    expect(entriesOnDisk(dataDir)).toMatchObject([{ kind: 'session', session: { session: 's', endedBy: 'quit' } }]);
  });

  it('refuses what comes after it was closed', async () => {
    const { journal } = await openJournal(temporaryDirectory());
    await journal.close();
    await expect(keep(journal, Buffer.from('late'))).rejects.toMatchObject({ why: 'closed' });
  });
});
