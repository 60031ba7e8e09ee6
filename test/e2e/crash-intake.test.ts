import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient, type Sent } from '../support/smtp-client.ts';
import { readTrace, tracing } from '../support/strace.ts';
import { crashAt, expectNothingLost, segments, smallSegments } from './crash.ts';
import { Ledger, type NumberedLetter } from './ledger.ts';

// The sensor is killed as it makes a certain system call, so between two steps on the way from the peer to the journal
// and back. What strace does to SIGKILL is what the kernel does: the call does not happen, and nothing after it.

const journal = (dataDir: string) => join(dataDir, 'journal');
const sides = (dataDir: string) => join(dataDir, 'journal', 'sides');

peer('strace')('killed on the way into the journal', () => {
  test.each([1, 2, 6, 25])('before write %d to a segment', async (nth) => {
    await expectNothingLost(await crashAt((dataDir) => ({ call: 'pwrite64', path: segments(dataDir), nth })));
  });

  test.each([1, 2, 6, 25])('before sync %d of a segment', async (nth) => {
    await expectNothingLost(await crashAt((dataDir) => ({ call: 'fdatasync', path: segments(dataDir), nth })));
  });

  test.each([1, 3])('before the end of segment %d is cut', async (nth) => {
    await expectNothingLost(await crashAt((dataDir) => ({ call: 'ftruncate', path: segments(dataDir), nth })));
  });

  test.each([1, 2])('before the name of segment %d is safe', async (nth) => {
    await expectNothingLost(await crashAt((dataDir) => ({ call: 'fsync', path: journal(dataDir), nth })));
  });

  test.each([1, 3])('before the name of large message %d is safe', async (nth) => {
    await expectNothingLost(await crashAt((dataDir) => ({ call: 'fsync', path: sides(dataDir), nth })));
  });

  // Where every message goes to a file of its own and there are no outputs, the first of these calls are that file's.
  test.each([
    ['pwrite64', 1],
    ['fdatasync', 1],
    ['rename', 1],
    ['rename', 9],
  ])('before %s %d of a large message', async (call, nth) => {
    const beside = { journal: { ...smallSegments.journal, spillAt: 0 }, outputs: {} };
    await expectNothingLost(await crashAt(() => ({ call, nth }), { config: beside }));
  });

  test.each([
    ['pwrite64', 2],
    ['rename', 1],
  ])('before %s %d of the segment that is prepared ahead of need', async (call, nth) => {
    const step = (dataDir: string) => ({ call, nth, path: join(dataDir, 'journal', 'spare') });
    const large = { ...smallSegments, journal: { segmentSize: '3 MiB', spillAt: '1 MiB' } };
    await expectNothingLost(await crashAt(step, { config: large }));
  });
});

peer('strace')('killed before it says 250', () => {
  test('keeps the message that it was about to acknowledge, once', async () => {
    const replies = await acknowledgingWrites();
    let caught = 0;
    for (const nth of replies) {
      if (caught === 3) break;
      const crashed = await crashAt(() => ({ call: 'write', nth }), { ...quietThreads, send: inTurn });
      const { acknowledged } = crashed.ledger;
      const inDoubt = crashed.ledger.numbersIn(crashed.dataDir).filter((number) => !acknowledged.includes(number));
      // On a busy machine a thread may wake the main one once more, and the call that is met is another one.
      expect(inDoubt.length, 'letters on disk that nobody was told of').toBeLessThanOrEqual(1);
      caught += inDoubt.length;
      await expectNothingLost(crashed);
    }
    expect(caught, 'times it was killed just before it said 250').toBeGreaterThan(0);
  });

  test('keeps what it has acknowledged to others meanwhile', async () => {
    // Far more than any thread writes before the first letter, and far fewer than all the letters take.
    const crashed = await crashAt(() => ({ call: 'write', nth: 600 }), quietThreads);
    expect(crashed.ledger.acknowledged).not.toEqual([]);
    await expectNothingLost(crashed);
  });
});

const noReaders = { outputs: {}, daybook: { keep: 'no' }, probes: { mode: 'off' } };
const noRules = fileURLToPath(new URL('no-rules.yml', import.meta.url));

// Each thread at the disk wakes the main thread with a write. With many of them none gets ahead of the main thread,
// which writes to peers and, without outputs and with little to compute, to nobody else.
const quietThreads = {
  config: { ...smallSegments, ...noReaders, rules: { file: noRules } },
  // What has been built just now is compiled, and written to a cache, by the first who runs it and by no other.
  env: { UV_THREADPOOL_SIZE: '32', NODE_DISABLE_COMPILE_CACHE: '1' },
};

/** One letter after the other over three connections: every run then makes the same writes in the same order. */
async function inTurn(port: number, letters: Iterator<NumberedLetter>): Promise<Sent<NumberedLetter>[]> {
  const sent: Sent<NumberedLetter>[] = [];
  const clients: SmtpClient[] = [];
  while (clients.length < 3) {
    const client = await SmtpClient.connect(port).catch(() => undefined);
    // On a busy machine the call that is met may be another one than it was, and come before anything is sent.
    if (client === undefined) return sent;
    clients.push(client);
  }
  for (let next = letters.next(); !next.done; next = letters.next()) {
    const reply = await clients[sent.length % 3]!.send(next.value).catch(() => undefined);
    sent.push({ letter: next.value, ...(reply && { reply }) });
    if (!reply) break;
  }
  for (const client of clients) client.destroy();
  return sent;
}

/** Which writes of the main thread are those that acknowledge a message, counted as strace counts. */
async function acknowledgingWrites(): Promise<number[]> {
  const dataDir = newDataDir();
  const file = `${dataDir}.trace`;
  const sensor = await Sensor.start({ dataDir, ...quietThreads, strace: tracing(file, ['write'], 64) });
  await inTurn(sensor.port, new Ledger().letters(15));
  await sensor.stop();
  const trace = readTrace(file);
  const main = trace.find(({ target }) => target.startsWith('TCP:'))!.thread;
  return trace
    .filter(({ thread }) => thread === main)
    .flatMap(({ bytes }, index) => (bytes.includes('Ok: queued as') ? [index + 1] : []));
}
