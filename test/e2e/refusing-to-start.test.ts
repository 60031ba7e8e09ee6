import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newDataDir, Sensor, type Ended } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';

// Each of these is met on the first day: it has to be a sentence that says what to do, not a stack.

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Two lines for a person, and the same as an event for a program. */
function expectOneSentence(sensor: Sensor, { stderr }: Ended, code: string): void {
  const lines = stderr.split('\n');
  expect(lines).toEqual([expect.stringMatching(/^spamtrap: /), expect.stringMatching(/./), '']);
  expect(sensor.told('failed')).toMatchObject([{ code }]);
  expect(sensor.told('ready')).toEqual([]);
}

test('a port that is taken', async () => {
  const first = await Sensor.start({ dataDir: newDataDir() });
  const second = new Sensor({ dataDir: newDataDir(), port: first.port });
  const ended = await second.ended;
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(String(first.port)) as string });
  expectOneSentence(second, ended, 'relay.listen');
  await first.stop();
});

test('a data directory that another sensor writes to, which goes on', async () => {
  const first = await Sensor.start({ dataDir: newDataDir() });
  const client = await SmtpClient.connect(first.port);
  const second = new Sensor({ dataDir: first.dataDir });
  const ended = await second.ended;
  expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining(first.dataDir) as string });
  expectOneSentence(second, ended, 'data-dir.locked');

  expect(await client.send({ content: Buffer.from('Subject: still here\r\n\r\n') })).toMatchObject({ code: 250 });
  const { id } = await first.event('capture.accepted');
  await first.handedOn(id);
  expect(await first.stop()).toMatchObject({ code: 0 });
  // The lock ends with its owner, and leaves nothing behind that would keep the next one out.
  const third = await Sensor.start({ dataDir: first.dataDir });
  expect(await third.stop()).toMatchObject({ code: 0 });
});

describe('a data directory that may not be written', () => {
  test.each([
    ['is there already', true],
    ['would have to be made', false],
  ])('and %s', async (_, isThere) => {
    const dataDir = newDataDir();
    if (isThere) mkdirSync(dataDir, { mode: 0o755 });
    // Root may write everywhere, so somebody else has to try; what is locked is the folder or the one above it.
    chmodSync(dirname(dataDir), isThere || isRoot ? 0o755 : 0o555);
    if (isThere && !isRoot) chmodSync(dataDir, 0o555);
    const sensor = new Sensor({ dataDir, ...(isRoot && { uid: nobody }) });
    const ended = await sensor.ended;
    chmodSync(dirname(dataDir), 0o755);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(dataDir) as string });
    expectOneSentence(sensor, ended, 'data-dir.unwritable');
  });
});

describe.skipIf(!isRoot)('a data directory that root has used once, and gave away', () => {
  // The lock is the worst of them: SQLite takes no exclusive lock on a file that it may only read, so that a second
  // sensor would start beside the first.
  test.each(['lock', 'lock.pid', 'journal/0000000001.segment'])('but for %s', async (kept) => {
    const dataDir = newDataDir();
    const first = await Sensor.start({ dataDir });
    const client = await SmtpClient.connect(first.port);
    expect(await client.send({ content: Buffer.from('Subject: from root\r\n\r\n') })).toMatchObject({ code: 250 });
    await first.stop();
    chmodSync(dirname(dataDir), 0o755);
    for (const name of ['.', ...readdirSync(dataDir, { recursive: true, encoding: 'utf8' })]) {
      if (name !== kept) chownSync(join(dataDir, name), nobody, nobody);
    }
    const second = new Sensor({ dataDir, uid: nobody });
    // What should not start must not be waited for.
    await second.event('ready').then(
      () => second.signal('SIGTERM'),
      () => undefined,
    );
    const ended = await second.ended;
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(dataDir) as string });
    expectOneSentence(second, ended, 'data-dir.unwritable');
  });
});
