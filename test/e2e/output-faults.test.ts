import { readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { failAt, type Step } from '../support/strace.ts';
import { makeBacklog } from './backlog.ts';
import { smallSegments } from './crash.ts';
import { Ledger } from './ledger.ts';

// An output that fails is tried again until it works; that is nobody's business but its own.

const inReaders = (name: string) => (dataDir: string) => join(dataDir, 'journal', 'readers', name);

interface Fault extends Step {
  readonly error: string;
}

async function withFault(
  fault: (dataDir: string) => Fault,
  config: object = smallSegments,
): Promise<{ sensor: Sensor; ledger: Ledger }> {
  const dataDir = newDataDir();
  const { error, ...step } = fault(dataDir);
  const sensor = await Sensor.start({ dataDir, config, strace: failAt(`${dataDir}.trace`, step, error) });
  const ledger = new Ledger();
  ledger.write(await sendOver(sensor.port, 3, ledger.letters(15)));
  expect(ledger.acknowledged).toHaveLength(15);
  return { sensor, ledger };
}

/** Ends a sensor that has accepted so many messages since it was started, when its outputs have them all. */
async function endAndCompare(sensor: Sensor, ledger: Ledger, accepted: number): Promise<void> {
  const ids = (await sensor.times('capture.accepted', accepted)).map(({ id }) => id);
  await sensor.handedOn(ids.toSorted().at(-1)!);
  expect(await sensor.stop()).toEqual({ code: 0, signal: null, stderr: '' });
  await ledger.expectToBeKeptIn(sensor.dataDir);
}

peer('strace')('an output goes on after', () => {
  test.each([
    ['its cursor could not be written', 'write', inReaders('maildir.position.new'), 'ENOSPC'],
    ['its cursor could not be put in place', 'rename', inReaders('maildir.position.new'), 'EIO'],
    ['its checkpoint could not be synced', 'fsync', inReaders('maildir.json.new'), 'EIO'],
    ['it could not be registered', 'openat', inReaders('jsonl.json.new'), 'ENOSPC'],
  ])('%s', async (_, call, path, error) => {
    const { sensor, ledger } = await withFault((dataDir) => ({ call, path: path(dataDir), error }));
    await sensor.event('output.failed');
    await endAndCompare(sensor, ledger, 15);
  });
});

peer('strace')('an output that is new', () => {
  // "Now" is when it was first tried, not when it worked.
  test('has every message since it was configured, though it could not be registered at first', async () => {
    const fault = (dataDir: string) => ({
      call: 'openat',
      path: inReaders('maildir.json.new')(dataDir),
      error: 'ENOSPC',
    });
    const { sensor, ledger } = await withFault(fault, { outputs: { maildir: {}, jsonl: {} } });
    // It is the second attempt that works.
    await sensor.event('output.opened', ({ output }) => output === 'maildir');
    ledger.write(await sendOver(sensor.port, 1, ledger.letters(1)));
    await endAndCompare(sensor, ledger, 16);
  });
});

peer('strace')('a batch that could only be delivered in part', () => {
  // What the failed attempt had delivered has to be remembered, or its files would be missed and written again.
  test('is not doubled by the next attempt, when a mail client has read it meanwhile', async () => {
    const dataDir = newDataDir();
    const backlog = await makeBacklog(dirname(dataDir), 12);
    const path = join(dataDir, 'maildir', 'tmp', backlog.names[8]!);
    // Three times, so that there is time enough to read.
    const strace = failAt(`${dataDir}.trace`, { call: 'openat', path, nth: '1..3' }, 'ENOSPC');
    const sensor = await Sensor.start({ dataDir, config: smallSegments, strace });
    await sensor.event('output.failed', ({ output }) => output === 'maildir');
    const [unread, read] = [join(sensor.maildir, 'new'), join(sensor.maildir, 'cur')];
    for (const name of readdirSync(unread)) renameSync(join(unread, name), join(read, `${name}:2,S`));
    expect(readdirSync(read)).toHaveLength(8);
    backlog.ledger.write(await sendOver(sensor.port, 1, backlog.ledger.letters(1)));
    await endAndCompare(sensor, backlog.ledger, 1);
  });
});
