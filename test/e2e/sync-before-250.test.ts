import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { readTrace, tracing, type SystemCall } from '../support/strace.ts';

// The promise "acknowledged is kept", read from the system calls: whatever the code believes, this is what the kernel
// was asked to do, in the order in which it was asked.

const calls = 'read,recvfrom,readv,write,writev,pwrite64,pwritev,fdatasync,fsync,sendto,sendmsg,rename,openat'.split(
  ',',
);
const reading = new Set(['read', 'recvfrom', 'readv']);
const writing = new Set(['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg']);
const syncing = new Set(['fdatasync', 'fsync']);

interface Acknowledged {
  /** The call that brought the last bytes of the message. */
  readonly read: SystemCall;
  /** The call that told the peer. */
  readonly replied: SystemCall;
}

/** For each token: from its message's last byte to its 250, on the connection that brought it. */
function acknowledgement(trace: readonly SystemCall[], token: string): Acknowledged {
  const first = trace.find(({ name, target, bytes }) => reading.has(name) && isPeer(target) && bytes.includes(token));
  expect(first, `${token} was read`).toBeDefined();
  const later = trace.filter(({ target, began }) => target === first!.target && began >= first!.began);
  const read = later.find(({ name, bytes }) => reading.has(name) && bytes.includes('\r\n.\r\n'))!;
  const replied = later.find(({ name, bytes }) => writing.has(name) && bytes.includes('250 2.0.0 Ok: queued'))!;
  expect(replied.began, `${token} was acknowledged after it was read`).toBeGreaterThan(read.ended);
  return { read, replied };
}

const isPeer = (target: string) => target.startsWith('TCP:');

function between({ read, replied }: Acknowledged, trace: readonly SystemCall[]): SystemCall[] {
  return trace.filter(({ began, ended }) => began > read.ended && ended < replied.began);
}

function firstWriteOf(token: string, among: readonly SystemCall[], folder: string): SystemCall | undefined {
  return among.find(({ name, target, bytes }) => writing.has(name) && isIn(folder, target) && bytes.includes(token));
}

function isSyncedAfter(write: SystemCall, among: readonly SystemCall[]): boolean {
  return among.some(
    ({ name, target, result, began }) =>
      syncing.has(name) && target === write.target && result === '0' && began > write.ended,
  );
}

const isIn = (folder: string, target: string) => dirname(target) === folder;

peer('strace')('before a message is acknowledged', () => {
  test('the segment with its record is synced', async () => {
    const { trace, journal, tokens } = await traced({ segmentSize: 4096 }, 100);
    for (const token of tokens) {
      const acknowledged = acknowledgement(trace, token);
      const meanwhile = between(acknowledged, trace);
      const write = firstWriteOf(token, meanwhile, journal);
      expect(write, `${token} was written to a segment before its 250`).toBeDefined();
      expect(isSyncedAfter(write!, meanwhile), `${token} was synced before its 250`).toBe(true);
      expectNameToBeSafe(trace, write!.target, acknowledged.replied);
    }
    const segments = new Set(trace.map(({ target }) => target).filter((target) => isSegment(target, journal)));
    expect(segments.size, 'segments were begun on the way').toBeGreaterThan(1);
  });

  test('the file beside the segment is synced and named for good before a record refers to it', async () => {
    const { trace, journal, tokens } = await traced({ spillAt: 1000 }, 3000);
    const sides = join(journal, 'sides');
    for (const token of tokens) {
      const acknowledged = acknowledgement(trace, token);
      // The file is begun while the message still arrives.
      const written = firstWriteOf(token, trace, sides);
      expect(written, `${token} was written to a side file`).toBeDefined();
      const part = written!.target;
      const until = trace.filter(({ ended }) => ended < acknowledged.replied.began);
      const lastWrite = until.findLast(({ name, target }) => writing.has(name) && target === part)!;
      expect(isSyncedAfter(lastWrite, until), `the file of ${token} was synced`).toBe(true);
      const renamed = until.find(({ name, bytes }) => name === 'rename' && bytes.startsWith(part));
      expect(renamed, `the file of ${token} got its name`).toBeDefined();
      const named = until.find(
        ({ name, target, began }) => name === 'fsync' && target === sides && began > renamed!.ended,
      );
      expect(named, `the name of ${token} is safe`).toBeDefined();
      const id = basename(part, '.part');
      const record = firstWriteOf(
        id,
        until.filter(({ began }) => began > named!.ended),
        journal,
      );
      expect(record, `a record refers to ${token}, and only then`).toBeDefined();
      expect(isSyncedAfter(record!, until), `the record of ${token} was synced`).toBe(true);
    }
  });
});

const isSegment = (target: string, journal: string) => isIn(journal, target) && target.endsWith('.segment');

/** A file that is synced but whose name is not can be gone after a power failure. */
function expectNameToBeSafe(trace: readonly SystemCall[], segment: string, replied: SystemCall): void {
  const created = trace.find(({ name, bytes }) => name === 'openat' && bytes === segment)!;
  const synced = trace.find(
    ({ name, target, began, ended, result }) =>
      name === 'fsync' &&
      target === dirname(segment) &&
      result === '0' &&
      began > created.ended &&
      ended < replied.began,
  );
  expect(synced, `the name of ${segment} is safe before the 250`).toBeDefined();
}

async function traced(journal: object, size: number) {
  const dataDir = newDataDir();
  const file = `${dataDir}.trace`;
  const strace = tracing(file, calls, 100_000);
  const sensor = await Sensor.start({ dataDir, config: { journal }, strace });
  const tokens = Array.from({ length: 12 }, (_, index) => `<token ${index} of twelve>`);
  const letters = tokens.map((token) => ({ content: Buffer.from(`Subject: ${token}\r\n\r\n${'x'.repeat(size)}\r\n`) }));
  const sent = await sendOver(sensor.port, 3, letters.values());
  expect(sent.map(({ reply }) => reply?.code)).toEqual(tokens.map(() => 250));
  expect(await sensor.stop()).toMatchObject({ code: 0 });
  return { trace: readTrace(file), journal: join(dataDir, 'journal'), tokens };
}
