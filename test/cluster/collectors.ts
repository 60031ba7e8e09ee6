import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Cursor } from '../../src/lib/cluster/cursors.ts';
import { UidSet } from '../../src/lib/cluster/uid-set.ts';
import type { LedgerLine } from '../../src/lib/collect/ledger.ts';
import { Bucket } from '../../src/lib/nats/bucket.ts';
import type { MailServer } from '../support/mail-server.ts';
import { mailPassword } from '../support/mail-server.ts';
import type { NatsCluster } from '../support/nats-cluster.ts';
import { Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';

export interface CollectorsWish {
  readonly nats: NatsCluster;
  readonly server: MailServer;
  readonly users: readonly string[];
  readonly lease: string;
  /** Further settings of each mailbox. */
  readonly mailbox?: object;
  readonly more?: object;
  /** Other servers of NATS than those of the cluster: something that stands between. */
  readonly servers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A collector that shares mailboxes: a real process, with a data directory of its own. */
export async function startCollector(name: string, wish: CollectorsWish): Promise<Sensor> {
  const { nats, server, users, lease, mailbox = {}, more = {}, servers = nats.places, env = {} } = wish;
  const folder = temporaryDirectory();
  const config = join(folder, 'trap.yml');
  const mailboxes = Object.fromEntries(users.map((user) => [user, entry(user, server, mailbox)]));
  writeFileSync(
    config,
    JSON.stringify({
      sensor: { name },
      cluster: { servers, lease },
      outputs: { stream: { type: 'nats', required: true, from: 'start', servers, confirmTimeout: '5s' } },
      daybook: { keep: 'no' },
      collect: { mailboxes, perHost: 300 },
      ...more,
    }),
  );
  const sensor = await Sensor.start({
    command: 'collect',
    dataDir: join(folder, 'data'),
    flags: ['--continuous', '--config', config],
    env,
  });
  onTestFinished(() => sensor.signal('SIGKILL'));
  return sensor;
}

function entry(user: string, server: MailServer, more: object): object {
  return {
    type: 'imaps',
    host: 'localhost',
    port: server.imaps,
    username: user,
    password: mailPassword,
    tls: { ca: server.cert },
    folders: ['INBOX'],
    afterCollect: 'delete',
    fetch: 'all',
    silence: '10s',
    ...more,
  };
}

/** How many mailboxes it has said last that it collects. */
export function heldBy(sensor: Sensor): number {
  return sensor.told('cluster.allotted').at(-1)?.held ?? 0;
}

/** Everything that the ledger of a collector says, in its order. */
export function ledgerOf({ dataDir }: Pick<Sensor, 'dataDir'>): LedgerLine[] {
  const folder = join(dataDir, 'collect');
  return readdirSync(folder)
    .filter((name) => name.startsWith('ledger'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as LedgerLine);
}

/** How many messages all who share mailboxes know to be finished. */
export async function finishedFor(nats: NatsCluster, cluster: string): Promise<number> {
  const link = await nats.link();
  try {
    const cursors = await Bucket.find<Cursor>(link, `${cluster}-cursors`);
    return [...((await cursors?.entries()) ?? []).values()].reduce(
      (sum, { value }) => sum + UidSet.from(value).size,
      0,
    );
  } finally {
    await link.close();
  }
}
