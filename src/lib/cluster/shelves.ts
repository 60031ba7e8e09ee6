import { Bucket } from '../nats/bucket.ts';
import type { NatsLink } from '../nats/link.ts';
import type { Lease } from './allotment.ts';
import type { Cursor } from './cursors.ts';
import type { Member } from './member.ts';
import type { RulesForAll } from './rules-for-all.ts';

/** What sensors that belong together know in common, in buckets of the cluster that carry its name. */
export interface Shelves {
  /** Who is alive, by session: a key that nobody renews is gone. */
  readonly members: Bucket<Member>;
  /** What each session could collect: keys of mailboxes. */
  readonly lists: Bucket<readonly string[]>;
  readonly leases: Bucket<Lease>;
  readonly cursors: Bucket<Cursor>;
  readonly rules: Bucket<RulesForAll>;
}

export interface ShelvesWish {
  /** What the names of all buckets begin with. */
  readonly name: string;
  readonly replicas: number | undefined;
  /** How long it may take until others have what a silent member had. */
  readonly leaseMs: number;
}

/** The servers forget a silent member after this part of the lease; the rest is for others to notice and to take over. */
const silence = 2 / 3;

export async function useShelves(link: NatsLink, { name, replicas, leaseMs }: ShelvesWish): Promise<Shelves> {
  const shelf = <Value>(what: string, ttlMs?: number) =>
    Bucket.use<Value>(link, { name: `${name}-${what}`, replicas, ...(ttlMs !== undefined && { ttlMs }) });
  return {
    members: await shelf<Member>('members', Math.round(leaseMs * silence)),
    lists: await shelf<readonly string[]>('lists'),
    leases: await shelf<Lease>('leases'),
    cursors: await shelf<Cursor>('cursors'),
    rules: await shelf<RulesForAll>('rules'),
  };
}
