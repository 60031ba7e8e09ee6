import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Analyst } from '../../src/lib/assembly/index/analyst.ts';
import type { IndexRecord } from '../../src/lib/index/record.ts';
import { journalEnd } from '../../src/lib/journal/ends.ts';
import { journalLayout } from '../../src/lib/journal/layout.ts';
import { isBefore, origin } from '../../src/lib/journal/position.ts';
import { capturesOnDisk, keep, openJournal, someOrigin } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Several messages, the one in the middle in a file of its own. */
async function threeMessages(): Promise<string> {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir, { settings: { spillAt: 10_000 } });
  for (const [name, size] of [
    ['before', 100],
    ['middle', 20_000],
    ['behind', 100],
  ] as const) {
    await keep(journal, Buffer.from(`Subject: ${name}\r\n\r\n${'x'.repeat(size)}`), someOrigin);
  }
  await journal.close();
  return dataDir;
}

/** A file that nobody ever comes to the end of: whoever opens it waits. */
function makeEndless(dataDir: string): void {
  for (const { content } of capturesOnDisk(dataDir)) {
    if (content.kind !== 'file') continue;
    rmSync(content.path);
    execFileSync('mkfifo', [content.path]);
  }
}

async function readAll(dataDir: string, analyst: Analyst) {
  const end = journalEnd(journalLayout(dataDir));
  const records: IndexRecord[] = [];
  for (let at = origin; isBefore(at, end);) {
    const batch = await analyst.read(at, end);
    records.push(...batch.records);
    at = batch.next;
  }
  analyst.close();
  return records.map((record) => {
    if (record.kind === 'session') throw new Error('there are no sessions here');
    return { subject: record.contents?.subject, gap: record.gap };
  });
}

it('takes messages apart', async () => {
  const dataDir = await threeMessages();
  const records = await readAll(dataDir, new Analyst(dataDir));
  expect(records.map(({ subject }) => subject)).toEqual(['before', 'middle', 'behind']);
});

it('passes over a message that takes too long, and none of its neighbours', async () => {
  const dataDir = await threeMessages();
  makeEndless(dataDir);
  const records = await readAll(dataDir, new Analyst(dataDir, { milliseconds: 1_000, megabytes: 512 }));
  expect(records).toEqual([
    { subject: 'before', gap: '' },
    { subject: undefined, gap: 'it could not be read: it took longer than 1 seconds' },
    { subject: 'behind', gap: '' },
  ]);
});

it('says so when its process does not work at all', async () => {
  const dataDir = await threeMessages();
  const analyst = new Analyst(dataDir, { milliseconds: 60_000, megabytes: 1 });
  await expect(readAll(dataDir, analyst)).rejects.toMatchObject({ code: 'index.analyst' });
  analyst.close();
});

it('says what is wrong with the journal', async () => {
  const analyst = new Analyst('/nonexistent');
  await expect(analyst.read({ segment: 1, offset: 0 }, { segment: 1, offset: 64 })).rejects.toMatchObject({
    code: 'index.journal',
  });
  analyst.close();
});
