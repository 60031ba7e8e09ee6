import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Cluster } from '../../src/lib/cluster/cluster.ts';
import { NatsOutput } from '../../src/lib/outputs/nats/nats-output.ts';
import { captureOf } from '../../test/support/captures.ts';
import type { Group, Round } from '../group.ts';
import { endChild, startChild, type Child } from '../machine/children.ts';
import { cpuSeconds } from '../machine/process-facts.ts';
import { Nats } from '../peers/nats.ts';
import { natsServer } from '../peers/need.ts';
import { ratio, type Measured } from '../row.ts';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));
const size = 4_000;
const together = 256;
const batches = 80;
const mailboxes = 200;
const sensors = 20;
const watched = 15_000;

/** What it costs to belong together: publishing, taking over, and each sensor that is there. */
export const cluster: Group = {
  name: 'cluster',
  rows: [
    {
      name: 'cluster/publish',
      about: 'records of 4 KB confirmed by a stream, against the client library alone with the same window',
      unit: 'x',
      partsUnit: '/s',
      target: { atLeast: 0.6 },
      needs: [natsServer],
    },
    {
      name: 'cluster/publish-three',
      about: 'the same where three servers keep a copy each, all on this machine',
      unit: 'x',
      partsUnit: '/s',
      needs: [natsServer],
    },
    {
      name: 'cluster/takeover',
      about: '200 mailboxes of a collector that is killed, until another one has them all; the lease has 30 s',
      unit: 's',
      target: { atMost: 30 },
      needs: [natsServer],
    },
    {
      name: 'cluster/sensor',
      about: 'processor time of the server for each sensor that is there, in a second',
      unit: 'ms',
      target: { atMost: 2 },
      needs: [natsServer],
    },
  ],
  async measure(round) {
    const measured = new Map<string, Measured>();
    const add = async (name: string, work: () => Promise<Measured>) => {
      if (!round.rows.has(name)) return;
      const value = await work();
      round.say(`${name} ${value.value.toFixed(2)}`);
      measured.set(name, value);
    };
    await add('cluster/publish', () => withNats(round, 1, publish));
    await add('cluster/publish-three', () => withNats(round, 3, publish));
    await add('cluster/takeover', () => withNats(round, 1, (nats) => takeover(nats, round)));
    await add('cluster/sensor', () => withNats(round, 1, eachSensor));
    return measured;
  },
};

async function withNats<Result>(
  { work }: Round,
  count: 1 | 3,
  measure: (nats: Nats) => Promise<Result>,
): Promise<Result> {
  const nats = await Nats.start(work.folder('nats'), count);
  try {
    return await measure(nats);
  } finally {
    await nats.stop();
  }
}

async function publish(nats: Nats): Promise<Measured> {
  const output = outputFor(nats);
  const batch = () =>
    Array.from({ length: together }, () => captureOf(Buffer.from(randomBytes(size / 2).toString('hex'))));
  const all = Array.from({ length: batches }, batch);
  await persistently(() => output.deliver(batch()));
  const began = performance.now();
  for (const captures of all) await output.deliver(captures);
  const ours = (batches * together) / ((performance.now() - began) / 1_000);
  await output.close();
  return ratio(ours, await libraryAlone(nats));
}

function outputFor({ access, servers }: Nats): NatsOutput {
  return new NatsOutput('nats', {
    access,
    subject: 'OURS.mails',
    record: 'full',
    sensor: 'bench',
    objects: 'OURS-large',
    maxMessage: 2 ** 26,
    window: together,
    confirmMs: 20_000,
    stream: {
      name: 'OURS',
      subjects: ['OURS.mails'],
      replicas: servers.length,
      retention: 'limits',
      whenFull: 'refuse',
      maxBytes: 2 ** 31,
      maxAgeMs: 3_600_000,
      duplicateMs: 120_000,
    },
  });
}

/** What is published is as long as a record, and nothing is made of it. */
async function libraryAlone({ access, servers }: Nats): Promise<number> {
  const connection = await connect({ servers: [...access.servers] });
  const client = jetstream(connection, { timeout: 20_000 });
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: 'THEIRS', subjects: ['THEIRS'], num_replicas: servers.length });
  const payload = randomBytes((size + 600) / 2).toString('hex');
  let id = 0;
  const began = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const sent = Array.from({ length: together }, () => client.publish('THEIRS', payload, { msgID: `${id++}` }));
    await Promise.all(sent);
  }
  const rate = (batches * together) / ((performance.now() - began) / 1_000);
  await connection.close();
  return rate;
}

// In a cluster that has just begun there is no room for copies yet.
async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + 60_000; ;) {
    try {
      return void (await work());
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(200);
    }
  }
}

async function takeover(nats: Nats, { work }: Round): Promise<Measured> {
  const [first, second] = [collector(nats, work.folder('collector')), collector(nats, work.folder('collector'))];
  while (first.held() + second.held() < mailboxes || first.held() === 0 || second.held() === 0) await sleep(50);
  const began = performance.now();
  await endChild(first.child, 'SIGKILL');
  while (second.held() < mailboxes) await sleep(20);
  const seconds = (performance.now() - began) / 1_000;
  await endChild(second.child);
  return { value: seconds };
}

/** Its mailboxes are on a server that is not there: whose they are does not depend on that. */
function collector({ access }: Nats, folder: string): { readonly child: Child; readonly held: () => number } {
  const entry = (name: string) => ({ type: 'imap', host: '127.0.0.1', port: 1, username: name, password: 'x' });
  const names = Array.from({ length: mailboxes }, (_, index) => `trap${index}`);
  const config = join(folder, 'trap.yml');
  writeFileSync(
    config,
    JSON.stringify({
      dataDir: join(folder, 'data'),
      cluster: { servers: access.servers },
      outputs: {},
      daybook: { keep: 'no' },
      collect: { mailboxes: Object.fromEntries(names.map((name) => [name, entry(name)])) },
    }),
  );
  const child = startChild(program, ['collect', '--continuous', '--config', config], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let held = 0;
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.includes('"cluster.allotted"')) held = (JSON.parse(line) as { held: number }).held;
  });
  return { child, held: () => held };
}

async function eachSensor(nats: Nats): Promise<Measured> {
  const stop = new AbortController();
  const running = Array.from({ length: sensors }, (_, index) => member(nats, index).run(stop.signal));
  await sleep(3_000);
  const [server] = nats.servers as [Child];
  const before = cpuSeconds(server.pid);
  await sleep(watched);
  const busy = cpuSeconds(server.pid) - before;
  stop.abort();
  await Promise.all(running);
  return { value: (busy * 1_000) / (watched / 1_000) / sensors };
}

function member({ access }: Nats, index: number): Cluster {
  const described = { command: 'serve', version: '0', startedAt: new Date().toISOString(), accepted: 0, lastMinute: 0 };
  return new Cluster({
    access,
    name: 'bench',
    replicas: 1,
    leaseMs: 30_000,
    session: `session-${index}`,
    describe: async () => ({ sensor: `sensor-${index}`, ...described, outputs: [], rules: null, mailboxes: null }),
    emit: () => undefined,
    monotonic: () => performance.now(),
    random: Math.random,
  });
}
