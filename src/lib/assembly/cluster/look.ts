import type { StreamInfo } from '@nats-io/jetstream';
import type { Lease } from '../../cluster/allotment.ts';
import { rulesKey } from '../../cluster/rules-for-all.ts';
import { lookAtShelves, type ShelvesToLookAt } from '../../cluster/shelves.ts';
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

/** How the cluster is: who is alive, who has what, how streams and their consumers stand. Makes nothing. */
export async function lookAtCluster(link: NatsLink, cluster: Settings['cluster']): Promise<ClusterView> {
  const shelves = await lookAtShelves(link, cluster.name);
  const infos = await allStreams(link);
  const [sensors, leases, streams, rules, budget] = await Promise.all([
    membersIn(shelves),
    leasesIn(shelves),
    streamsOf(link, infos),
    shelves.rules.get(rulesKey),
    budgetOf(link, cluster),
  ]);
  return {
    cluster: cluster.name,
    servers: serversOf(link, infos, cluster.name),
    sensors,
    leases: summed(leases),
    streams,
    rules: rules ? { publishedAt: rules.value.publishedAt, by: rules.value.by, version: rules.revision } : null,
    budget,
  };
}

export async function sensorsIn(link: NatsLink, cluster: Settings['cluster']): Promise<readonly MemberView[]> {
  return membersIn(await lookAtShelves(link, cluster.name));
}

export async function leasesOf(link: NatsLink, cluster: Settings['cluster']): Promise<readonly LeaseView[]> {
  return leasesIn(await lookAtShelves(link, cluster.name));
}

async function membersIn({ members }: ShelvesToLookAt): Promise<MemberView[]> {
  const all = [...(await members.entries())].map(([session, { value }]) => ({ session, ...value }));
  return all.sort((one, other) => one.sensor.localeCompare(other.sensor));
}

async function leasesIn({ members, leases }: ShelvesToLookAt): Promise<LeaseView[]> {
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

async function allStreams({ manager }: NatsLink): Promise<readonly StreamInfo[]> {
  try {
    const all: StreamInfo[] = [];
    for await (const info of manager.streams.list()) all.push(info);
    return all;
  } catch (error) {
    throw natsFaultOf(error, 'the streams cannot be listed');
  }
}

async function streamsOf({ manager }: NatsLink, infos: readonly StreamInfo[]): Promise<StreamView[]> {
  const found: StreamView[] = [];
  try {
    for (const info of infos.filter(({ config }) => !ofTheProgram.test(config.name)).slice(0, mostStreams)) {
      const consumers: ConsumerView[] = [];
      for await (const each of manager.consumers.list(info.config.name)) {
        const { name, num_pending: pending, num_ack_pending: unconfirmed, num_redelivered: redelivered } = each;
        consumers.push({ consumer: name, pending, unconfirmed, redelivered });
      }
      found.push({ ...streamView(info), consumers });
    }
    return found;
  } catch (error) {
    throw natsFaultOf(error, 'the consumers cannot be listed');
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

/** By all that they have copies of: who is behind with one thing is behind. */
function serversOf({ server }: NatsLink, infos: readonly StreamInfo[], cluster: string): ServerView[] {
  const members = infos.find(({ config }) => config.name === `KV_${cluster}-members`);
  const first = members?.cluster?.leader ?? server.name;
  const servers = new Map<string, { readonly alive: boolean; readonly upToDate: boolean }>();
  const see = (name: string, alive: boolean, upToDate: boolean) => {
    const before = servers.get(name) ?? { alive: true, upToDate: true };
    servers.set(name, { alive: before.alive && alive, upToDate: before.upToDate && upToDate });
  };
  see(first, true, true);
  for (const { cluster: copies } of infos) {
    if (copies?.leader) see(copies.leader, true, true);
    for (const { name, offline, current } of copies?.replicas ?? []) see(name, !offline, current);
  }
  return [...servers].map(([name, is]) => ({ name, is: name === first ? 'leader' : 'follower', ...is }));
}

async function budgetOf(link: NatsLink, { name, budget }: Settings['cluster']): Promise<ClusterView['budget']> {
  if (budget === 'own') return null;
  const kept = await (await Bucket.find<SharedBooks>(link, `${name}-budget`))?.get(booksKey);
  if (!kept) return null;
  const { attempts, spentUntil } = kept.value;
  return { attempts: attempts.length, spentUntil: spentUntil > Date.now() ? isoTime(spentUntil) : null };
}
