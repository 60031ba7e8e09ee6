import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { freePorts } from './real-server.ts';
import { command, newDataDir, Sensor } from './sensor.ts';
import { temporaryDirectory } from './temporary.ts';

// The broker and a subscriber that keeps everything, each the real program in a process of its own.

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

export interface FeedScene {
  /** A feed file as the collectors before this one have it. */
  readonly file: string;
  /** The same as an output that waits until a subscriber has stored what it sends. */
  readonly storedOutput: object;
  /** Where what is received is kept, by its hash. */
  readonly received: string;
  startBroker(): Promise<Sensor>;
  subscribe(): ChildProcess;
  /** Resolves when the broker has let the subscriber in. */
  isSubscribed(): Promise<void>;
}

export async function feedScene(): Promise<FeedScene> {
  const [port] = (await freePorts(1)) as [number];
  const brokerDir = newDataDir();
  // Its first start makes the secrets.
  const first = await Sensor.start({ command: 'broker', dataDir: brokerDir, port });
  await first.stop();
  const users = readFileSync(join(brokerDir, 'broker', 'users.json'), 'utf8');
  const { sensor } = JSON.parse(users) as { sensor: { secret: string } };
  const file = join(temporaryDirectory(), 'feed_config.yaml');
  const feed = { broker: '127.0.0.1', port, identity: 'sensor', secret: sensor.secret, channels: ['spam.mails'] };
  writeFileSync(file, JSON.stringify(feed));
  const received = temporaryDirectory();
  let broker: Sensor | undefined;
  const { broker: host, ...access } = feed;
  const storedOutput = { type: 'hpfeeds', broker: host, ...access, handover: 'stored', required: true };
  return {
    file,
    storedOutput,
    received,
    async startBroker() {
      return (broker = await Sensor.start({ command: 'broker', dataDir: brokerDir, port }));
    },
    subscribe() {
      const child = spawn(command, ['subscribe', '--data-dir', brokerDir, '--eml', received], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
      });
      children.add(child);
      createInterface({ input: child.stdout });
      return child;
    },
    async isSubscribed() {
      await broker!.event('broker.joined', ({ ident }) => ident === 'reader');
    },
  };
}

/** Resolves when the process is gone. */
export async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
