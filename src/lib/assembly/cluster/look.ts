import type { StreamInfo } from '@nats-io/jetstream';
import type { Lease } from '../../cluster/allotment.ts';
import { rulesKey } from '../../cluster/rules-for-all.ts';
import { useShelves, type Shelves } from '../../cluster/shelves.ts';
import type { Settings } from '../../config/schema.ts';
import type {
  ClusterView,
  ConsumerView,
  LeasesView,
  MemberView,
  ServerView,
  StreamView,
} from '../../monitor/cluster-view.ts';
import { Bucket } from '../../nats/bucket.ts';
import type { NatsLink } from '../../nats/link.ts';
import { natsFaultOf } from '../../nats/nats-fault.ts';
import { booksKey, type SharedBooks } from '../../probe/budget/shared-budget.ts';
import { isoTime } from '../../text/time.ts';

/** Buckets and object stores are streams too, and nobody looks for them here. */
const ofTheProgram = /^(?:KV|OBJ)_/;
const mostStreams = 50;

export interface LeaseView extends Lease {
  readonly token: number;
  readonly alive: boolean;
}

/** How the cluster is: who is alive, who has what, how streams and their consumers stand. */
export async function lookAtCluster(link: NatsLink, cluster: Settings['cluster']): Promise<ClusterView> {
  const shelves = await shelvesOf(link, cluster);
  const [sensors, leases, streams, rules, budget, servers] = await Promise.all([
    membersIn(shelves),
    leasesIn(shelves),
    streamsOf(link),
    shelves.rules.get(rulesKey),
    budgetOf(link, cluster),
    serversOf(link, cluster),
  ]);
  return {
    cluster: cluster.name,
    servers,
    sensors,
    leases: summed(leases),
    streams,
    rules: rules ? { publishedAt: rules.value.publishedAt, by: rules.value.by, version: rules.revision } : null,
    budget,
  };
}

export async function sensorsIn(link: NatsLink, cluster: Settings['cluster']): Promise<readonly MemberView[]> {
  return membersIn(await shelvesOf(link, cluster));
}

export async function leasesOf(link: NatsLink, cluster: Settings['cluster']): Promise<readonly LeaseView[]> {
  return leasesIn(await shelvesOf(link, cluster));
}

export function shelvesOf(link: NatsLink, { name, replicas, lease: leaseMs }: Settings['cluster']): Promise<Shelves> {
  return useShelves(link, { name, replicas: replicas === undefined ? undefined : Number(replicas), leaseMs });
}

async function membersIn({ members }: Shelves): Promise<MemberView[]> {
  const all = [...(await members.entries())].map(([session, { value }]) => ({ session, ...value }));
  return all.sort((one, other) => one.sensor.localeCompare(other.sensor));
}

async function leasesIn({ members, leases }: Shelves): Promise<LeaseView[]> {
  const alive = new Set(await members.keys());
  const all = [...(await leases.entries()).values()];
  return all
    .map(({ value, revision }) => ({ ...value, token: revision, alive: alive.has(value.owner) }))
    .sort((one, other) => one.account.localeCompare(other.account));
}

function summed(leases: readonly LeaseView[]): LeasesView {
  const held = leases.filter(({ alive }) => alive);
  const bySensor: Record<string, number> = {};
  for (const { sensor } of held) bySensor[sensor] = (bySensor[sensor] ?? 0) + 1;
  return { total: leases.length, held: held.length, bySensor };
}

async function streamsOf({ manager }: NatsLink): Promise<StreamView[]> {
  const found: StreamView[] = [];
  try {
    for await (const info of manager.streams.list()) {
      if (ofTheProgram.test(info.config.name)) continue;
      if (found.length === mostStreams) break;
      const consumers: ConsumerView[] = [];
      for await (const each of manager.consumers.list(info.config.name)) {
        const { name, num_pending: pending, num_ack_pending: unconfirmed, num_redelivered: redelivered } = each;
        consumers.push({ consumer: name, pending, unconfirmed, redelivered });
      }
      found.push({ ...streamView(info), consumers });
    }
    return found;
  } catch (error) {
    throw natsFaultOf(error, 'the streams cannot be listed');
  }
}

function streamView({ config, state, cluster }: StreamInfo): Omit<StreamView, 'consumers'> {
  const others = cluster?.replicas ?? [];
  return {
    stream: config.name,
    messages: state.messages,
    bytes: state.bytes,
    maxBytes: config.max_bytes > 0 ? config.max_bytes : null,
    replicas: config.num_replicas,
    leader: cluster?.leader ?? null,
    missing: others.filter(({ offline, current }) => offline || !current).map(({ name }) => name),
  };
}

/** By the bucket of the members, of which each has a copy. */
async function serversOf({ manager, server }: NatsLink, { name }: Settings['cluster']): Promise<ServerView[]> {
  const { cluster } = await manager.streams.info(`KV_${name}-members`).catch((error: unknown) => {
    throw natsFaultOf(error, 'the servers cannot be asked for');
  });
  const leader = cluster?.leader ?? server.name;
  const others = (cluster?.replicas ?? []).map(({ name: other, offline, current }): ServerView => {
    return { name: other, is: 'follower', alive: !offline, upToDate: current };
  });
  return [{ name: leader, is: 'leader', alive: true, upToDate: true }, ...others];
}

async function budgetOf(
  link: NatsLink,
  { name, replicas, budget }: Settings['cluster'],
): Promise<ClusterView['budget']> {
  if (budget === 'own') return null;
  const copies = replicas === undefined ? undefined : Number(replicas);
  const kept = await (await Bucket.use<SharedBooks>(link, { name: `${name}-budget`, replicas: copies })).get(booksKey);
  if (!kept) return null;
  const { attempts, spentUntil } = kept.value;
  return { attempts: attempts.length, spentUntil: spentUntil > Date.now() ? isoTime(spentUntil) : null };
}
