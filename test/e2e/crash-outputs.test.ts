import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { mailIn } from '../support/stored.ts';
import { makeBacklog, type Backlog } from './backlog.ts';
import { crashAt, expectNothingLost } from './crash.ts';

// The sensor is killed as it makes a certain system call on the way from the journal to maildir and records. It starts
// on a journal that already holds messages: their files' names are known beforehand, because ids make them, and the
// first batch is sure to be one of many. New messages arrive meanwhile.

const folder = mkdtempSync(join(tmpdir(), 'spamtrap-backlog-'));
afterAll(() => rmSync(folder, { recursive: true }));

let backlog: Backlog;
beforeAll(async () => {
  backlog = await makeBacklog(folder, 20);
});

const inTmp = (dataDir: string, name: string) => join(dataDir, 'maildir', 'tmp', name);
const inReaders = (dataDir: string, name: string) => join(dataDir, 'journal', 'readers', name);

peer('strace')('killed on the way into the maildir', () => {
  test.each([
    ['openat', 0],
    ['openat', 10],
    ['writev', 0],
    ['writev', 10],
    ['rename', 0],
    ['rename', 10],
    ['rename', 19],
  ])('before %s of message %d', async (call, index) => {
    const crashed = await crashAt((dataDir) => ({ call, path: inTmp(dataDir, backlog.names[index]!) }), { backlog });
    expect(mailIn(join(crashed.dataDir, 'maildir'))).toHaveLength(index);
    await expectNothingLost(crashed);
  });

  test('with half of a large message written', async () => {
    const step = (dataDir: string) => ({ call: 'writev', path: inTmp(dataDir, backlog.large[1]!), nth: 2 });
    await expectNothingLost(await crashAt(step, { backlog }));
  });
});

peer('strace')('killed on the way to the next place of a cursor', () => {
  test.each([
    ['openat', 1],
    ['write', 1],
    ['rename', 1],
    // However slowly the outputs come along, so many messages take three batches.
    ['rename', 3],
  ])('before %s %d of what survives the process', async (call, nth) => {
    const step = (dataDir: string) => ({ call, nth, path: inReaders(dataDir, 'maildir.position.new') });
    await expectNothingLost(await crashAt(step, { backlog }));
  });

  test.each([
    ['write', 1],
    ['rename', 1],
    ['rename', 2],
  ])('before %s %d of what survives the machine', async (call, nth) => {
    const step = (dataDir: string) => ({ call, nth, path: inReaders(dataDir, 'maildir.json.new') });
    await expectNothingLost(await crashAt(step, { backlog }));
  });
});

peer('strace')('killed on the way into the records', () => {
  test.each([1, 2])('before write %d', async (nth) => {
    const step = (dataDir: string) => ({ call: 'write', nth, path: join(dataDir, 'records', backlog.records) });
    await expectNothingLost(await crashAt(step, { backlog }));
  });

  test('before the cursor says that they are written', async () => {
    const step = (dataDir: string) => ({ call: 'rename', path: inReaders(dataDir, 'jsonl.position.new') });
    await expectNothingLost(await crashAt(step, { backlog }));
  });
});

peer('strace')('a mail client that has read the messages before the sensor is back', () => {
  test.each([
    ['all', (dataDir: string) => ({ call: 'write', path: inReaders(dataDir, 'maildir.position.new') })],
    ['half', (dataDir: string) => ({ call: 'rename', path: inTmp(dataDir, backlog.names[10]!) })],
  ])('finds them once, when %s of a batch was delivered', async (_, step) => {
    const crashed = await crashAt(step, { backlog });
    const maildir = join(crashed.dataDir, 'maildir');
    const read = readdirSync(join(maildir, 'new'));
    expect(read.length).toBeGreaterThanOrEqual(10);
    for (const name of read) renameSync(join(maildir, 'new', name), join(maildir, 'cur', `${name}:2,S`));
    await expectNothingLost(crashed);
    expect(readdirSync(join(maildir, 'cur')).sort()).toEqual(read.map((name) => `${name}:2,S`).sort());
  });
});
