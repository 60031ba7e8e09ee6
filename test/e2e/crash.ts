import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver, type Sent } from '../support/smtp-client.ts';
import { mailIn } from '../support/stored.ts';
import { killAt, type Step } from '../support/strace.ts';
import { Ledger, spillAt, type NumberedLetter } from './ledger.ts';

/** Small segments, so that a run goes through several; the outputs begin with whatever is in the journal. */
export const smallSegments = {
  // Calls are counted: nothing but the journal writes files.
  relay: { tls: { offer: 'no' } },
  journal: { segmentSize: '64 KiB', spillAt },
  outputs: {
    maildir: { from: 'start', checkpoint: '100ms' },
    jsonl: { from: 'start', checkpoint: '100ms' },
  },
};

/** strace counts calls for each thread: with one thread at the disk, its nth call is the nth call. */
export const oneThread = { UV_THREADPOOL_SIZE: '1' };

/** More than any step here needs: without a bound a step that is never reached would send for ever. */
const letters = 500;

export function segments(dataDir: string): string[] {
  return Array.from({ length: 9 }, (_, index) => join(dataDir, 'journal', `000000000${index + 1}.segment`));
}

type Send = (port: number, letters: Iterator<NumberedLetter>) => Promise<Sent<NumberedLetter>[]>;

const overThree: Send = (port, letters) => sendOver(port, 3, letters);

/** A data directory without a sensor, and what was sent to it. */
export interface Page {
  readonly dataDir: string;
  readonly ledger: Ledger;
}

interface Config {
  readonly journal: object;
  readonly outputs: object;
}

export interface Surroundings {
  readonly config?: Config;
  readonly env?: Readonly<Record<string, string>>;
  /** What the journal already holds. */
  readonly backlog?: Page;
  readonly send?: Send;
}

/** Lets a sensor be killed at this step while letters arrive. The step must be reached, or the test shows nothing. */
export async function crashAt(step: (dataDir: string) => Step, surroundings: Surroundings = {}): Promise<Page> {
  const { backlog, send = overThree, config = smallSegments, env = oneThread } = surroundings;
  const dataDir = newDataDir();
  if (backlog) cpSync(backlog.dataDir, dataDir, { recursive: true });
  const ledger = backlog?.ledger.copy() ?? new Ledger();
  const strace = killAt(`${dataDir}.trace`, step(dataDir));
  const sensor = new Sensor({ dataDir, config, env, strace });
  if (await isReady(sensor)) {
    const sent = await send(sensor.port, ledger.letters(letters));
    ledger.write(sent);
    const accepted = sent.filter(({ reply }) => reply?.code === 250).length;
    // Where it is killed meanwhile, this fails, and that is what it is for.
    await hasCaughtUp(sensor, accepted, Object.keys(config.outputs)).catch(() => undefined);
    // It has all it will get. If it still lives, it is not going to be killed any more.
    sensor.signal('SIGTERM');
  }
  expect(await sensor.ended, 'how the sensor ended').toMatchObject({ signal: 'SIGKILL' });
  // A mail client looks while the sensor is down: what has its final name is whole.
  const parts = ['new', 'cur'].filter((part) => existsSync(join(sensor.maildir, part)));
  const halves = mailIn(sensor.maildir, parts).filter(({ isWhole }) => !isWhole);
  expect(halves.map(({ path }) => path)).toEqual([]);
  return { dataDir, ledger };
}

async function isReady(sensor: Sensor): Promise<boolean> {
  return sensor.event('ready').then(
    () => true,
    () => false,
  );
}

async function hasCaughtUp(sensor: Sensor, accepted: number, outputs: readonly string[]): Promise<void> {
  const last = (await sensor.times('capture.accepted', accepted))
    .map(({ id }) => id)
    .toSorted()
    .at(-1);
  if (last) await sensor.handedOn(last, outputs);
}

/** Starts a sensor on what a crash has left, lets it catch up, and holds what it has against the ledger. */
export async function expectNothingLost({ dataDir, ledger }: Page): Promise<void> {
  const sensor = await Sensor.start({ dataDir, config: smallSegments });
  // The outputs keep the order: when they have this letter, they have all the others.
  ledger.write(await sendOver(sensor.port, 1, ledger.letters(1)));
  const { id } = await sensor.event('capture.accepted');
  await sensor.handedOn(id);
  expect(await sensor.stop()).toEqual({ code: 0, signal: null, stderr: '' });
  const troubles = ['output.failed', 'output.restarted', 'output.skipped', 'output.quarantined'] as const;
  expect(troubles.flatMap((name) => sensor.told(name))).toEqual([]);
  await ledger.expectToBeKeptIn(dataDir);
}
