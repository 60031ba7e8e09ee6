import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { capturesOnDisk } from '../support/journals.ts';
import { freePorts } from '../support/real-server.ts';
import { command, newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// Sensor, broker and subscriber are the real programs, each in a process of its own, and are killed as power would
// kill them. The ledger is the journal, and what the subscriber has on its disk.

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Scene {
  readonly dataDir: string;
  readonly brokerDir: string;
  readonly port: number;
  readonly received: string;
  readonly feed: object;
}

async function scene(handover: 'broker' | 'stored'): Promise<Scene> {
  const [port] = (await freePorts(1)) as [number];
  const brokerDir = newDataDir();
  // Its first start makes the secrets.
  const broker = await Sensor.start({ command: 'broker', dataDir: brokerDir, port });
  await broker.stop();
  const users = readFileSync(join(brokerDir, 'broker', 'users.json'), 'utf8');
  const { sensor } = JSON.parse(users) as { sensor: { secret: string } };
  const feed = {
    outputs: {
      feed: {
        type: 'hpfeeds',
        broker: '127.0.0.1',
        port,
        identity: 'sensor',
        secret: sensor.secret,
        handover,
        from: 'start',
        confirmTimeout: '5s',
      },
    },
    probes: { mode: 'off' },
    daybook: { keep: 'no' },
  };
  return { dataDir: newDataDir(), brokerDir, port, received: temporaryDirectory(), feed };
}

const startBroker = ({ brokerDir, port }: Scene) => Sensor.start({ command: 'broker', dataDir: brokerDir, port });
const startSensor = ({ dataDir, feed }: Scene) => Sensor.start({ dataDir, config: feed });

/** A subscriber that keeps everything, and comes back whenever its broker does. */
function startSubscriber({ brokerDir, received }: Scene): ChildProcess {
  const child = spawn(command, ['subscribe', '--data-dir', brokerDir, '--eml', received], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
  });
  children.add(child);
  return child;
}

function storedIn({ received }: Scene): Set<string> {
  return new Set(readdirSync(received).flatMap((name) => /^([\da-f]{64})\.eml$/.exec(name)?.[1] ?? []));
}

const letters = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    from: 'a@example.org',
    to: ['b@example.net'],
    content: Buffer.from(`Subject: ${from + index}\r\n\r\n${'x'.repeat(((from + index) * 37) % 3_000)}\r\n`),
  }));

async function send(sensor: Sensor, from: number, count: number): Promise<void> {
  await sendOver(sensor.port, 4, letters(from, count).values());
}

/** Everything that the journal holds has come to the subscriber. */
async function expectAllStored(of: Scene): Promise<void> {
  const kept = capturesOnDisk(of.dataDir).map(({ facts }) => facts.sha256);
  expect(kept.length).toBeGreaterThan(0);
  await expect
    .poll(() => kept.filter((sha256) => !storedIn(of).has(sha256)).length, { timeout: 120_000, interval: 200 })
    .toBe(0);
}

describe('nothing is lost at the level "stored"', () => {
  test('when broker, sensor and subscriber are killed, alone and together, again and again', async () => {
    const here = await scene('stored');
    let broker = await startBroker(here);
    let subscriber = startSubscriber(here);
    let sensor = await startSensor(here);
    for (let round = 0; round < 6; round++) {
      await send(sensor, round * 150, 150);
      const victims = round % 3;
      if (victims !== 1) await broker.stop('SIGKILL');
      if (victims !== 0) await sensor.stop('SIGKILL');
      if (victims === 2) {
        subscriber.kill('SIGKILL');
        await once(subscriber, 'close');
        subscriber = startSubscriber(here);
      }
      if (victims !== 1) broker = await startBroker(here);
      if (victims !== 0) sensor = await startSensor(here);
    }
    await expectAllStored(here);
    expect(sensor.told('output.quarantined')).toEqual([]);
    await sensor.stop();
    await broker.stop();
    subscriber.kill();
  }, 300_000);

  test('when the broker is away for all of the traffic, and the subscriber comes last', async () => {
    const here = await scene('stored');
    const sensor = await startSensor(here);
    await send(sensor, 0, 2_000);
    expect(sensor.told('output.failed').length).toBeGreaterThan(0);
    const broker = await startBroker(here);
    await sensor.event('output.connected');
    const subscriber = startSubscriber(here);
    await expectAllStored(here);
    await sensor.stop();
    await broker.stop();
    subscriber.kill();
  }, 300_000);
});

describe('nothing is lost at the level "broker" while a subscriber is there', () => {
  test('when the sensor is killed again and again', async () => {
    const here = await scene('broker');
    const broker = await startBroker(here);
    const subscriber = startSubscriber(here);
    await broker.event('broker.joined', ({ ident }) => ident === 'reader');
    let sensor = await startSensor(here);
    for (let round = 0; round < 5; round++) {
      await send(sensor, round * 200, 200);
      await sensor.stop('SIGKILL');
      sensor = await startSensor(here);
    }
    await expectAllStored(here);
    await sensor.stop();
    await broker.stop();
    subscriber.kill();
  }, 300_000);
});
