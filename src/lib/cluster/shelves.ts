import { Bucket, type Kept } from '../nats/bucket.ts';
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

/** What may be asked of a bucket by those who only look. */
type Readable<Value> = Pick<Bucket<Value>, 'get' | 'keys' | 'entries'>;

/** The same, for those who look and make nothing. */
export type ShelvesToLookAt = {
  readonly [Shelf in 'members' | 'leases' | 'rules']: Shelves[Shelf] extends Bucket<infer Value>
    ? Readable<Value>
    : never;
};

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
    rules: await useRules(link, { name, replicas }),
  };
}

/** What is not there is empty: whoever only looks decides nothing, least of all for how long a lease holds. */
export async function lookAtShelves(link: NatsLink, name: string): Promise<ShelvesToLookAt> {
  const shelf = async <Value>(what: string) => (await Bucket.find<Value>(link, `${name}-${what}`)) ?? empty;
  return {
    members: await shelf<Member>('members'),
    leases: await shelf<Lease>('leases'),
    rules: await shelf<RulesForAll>('rules'),
  };
}

/** Rules may be published before the first sensor comes. */
export function useRules(
  link: NatsLink,
  { name, replicas }: Pick<ShelvesWish, 'name' | 'replicas'>,
): Promise<Bucket<RulesForAll>> {
  return Bucket.use<RulesForAll>(link, { name: `${name}-rules`, replicas });
}

const empty: Readable<never> = {
  get: async () => undefined,
  keys: async () => [],
  entries: async () => new Map<string, Kept<never>>(),
};
