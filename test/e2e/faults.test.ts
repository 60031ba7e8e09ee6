import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { failAt, readTrace, type Step } from '../support/strace.ts';
import { expectNothingLost, oneThread, segments, smallSegments } from './crash.ts';
import { Ledger } from './ledger.ts';

// The disk says no, once, and goes on. Whoever waits is told so, and everybody later is served from a new segment.

const beside = { ...smallSegments, journal: { ...smallSegments.journal, spillAt: 0 } };

interface Case {
  readonly call: string;
  readonly nth: number;
  readonly error: string;
  readonly code: number;
  readonly why: 'failed' | 'full';
}

const io = { error: 'EIO', code: 451, why: 'failed' } as const;
const full = { error: 'ENOSPC', code: 452, why: 'full' } as const;

async function refuseAndGoOn(step: (dataDir: string) => Step, { error, code, why }: Case, config = smallSegments) {
  const dataDir = newDataDir();
  const trace = `${dataDir}.trace`;
  const strace = failAt(trace, step(dataDir), error);
  const sensor = await Sensor.start({ dataDir, config, env: oneThread, strace });
  const ledger = new Ledger();
  const sent = await sendOver(sensor.port, 3, ledger.letters(60));
  ledger.write(sent);
  const codes = sent.map(({ reply }) => reply?.code);
  expect(new Set(codes)).toEqual(new Set([250, code]));
  expect(codes.slice(-20)).toEqual(Array.from({ length: 20 }, () => 250));
  expect(sensor.told('capture.refused').length).toBe(codes.filter((each) => each === code).length);
  expect(new Set(sensor.told('capture.refused').map((event) => event.why))).toEqual(new Set([why]));
  expect(await sensor.stop()).toEqual({ code: 0, signal: null, stderr: '' });
  expect(
    ledger.numbersIn(dataDir).toSorted((a, b) => a - b),
    'kept is what was acknowledged',
  ).toEqual(ledger.acknowledged);
  await expectNothingLost({ dataDir, ledger });
  return { sensor, trace: readTrace(trace) };
}

peer('strace')('a segment', () => {
  test.each<Case>([
    { call: 'fdatasync', nth: 1, ...io },
    { call: 'fdatasync', nth: 2, ...io },
    { call: 'fdatasync', nth: 3, ...io },
    { call: 'fdatasync', nth: 8, ...io },
    { call: 'pwrite64', nth: 3, ...io },
    { call: 'pwrite64', nth: 3, ...full },
    { call: 'openat', nth: 1, ...full },
  ])('refuses $call $nth with $error: $code to those who wait, and then goes on', async (fault) => {
    const { sensor } = await refuseAndGoOn((dataDir) => ({ ...fault, path: segments(dataDir) }), fault);
    expect(sensor.told('journal.refusing')).toMatchObject([{ why: fault.why }]);
    expect(sensor.told('journal.resumed')).toHaveLength(1);
  });

  test('is never synced again when that has failed once', async () => {
    const fault = { call: 'fdatasync', nth: 3, ...io };
    const { trace } = await refuseAndGoOn((dataDir) => ({ ...fault, path: segments(dataDir) }), fault);
    const failed = trace.find(({ result }) => result.includes('(INJECTED)'))!;
    expect(trace.filter(({ target, began }) => target === failed.target && began > failed.ended)).toEqual([]);
    expect(trace.filter(({ began }) => began > failed.ended).length).toBeGreaterThan(0);
  });
});

peer('strace')('a file beside the segments', () => {
  test.each<Case>([
    { call: 'pwrite64', nth: 1, ...io },
    { call: 'fdatasync', nth: 1, ...io },
    { call: 'rename', nth: 1, ...io },
  ])('refuses $call $nth with $error: $code for its message, and for no other', async (fault) => {
    await refuseAndGoOn(() => fault, fault, beside);
  });

  test('that has no room on the disk is told to its sender as 452', async () => {
    const fault = { call: 'pwrite64', nth: 1, ...full };
    await refuseAndGoOn(() => fault, fault, beside);
  });
});
