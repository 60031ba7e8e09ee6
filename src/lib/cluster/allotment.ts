import { preferred } from './rendezvous.ts';

/** Who has a mailbox, as it is written down for all. */
export interface Lease {
  readonly account: string;
  /** The session of its owner; without that the lease is worth nothing. */
  readonly owner: string;
  /** As people know the owner. */
  readonly sensor: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What one collector sees of the cluster. */
export interface View {
  readonly me: string;
  /** The mailboxes that I could collect, by key. */
  readonly mine: ReadonlySet<string>;
  /** What each session that is alive could collect; I am one of them. */
  readonly alive: ReadonlyMap<string, ReadonlySet<string>>;
  readonly leases: ReadonlyMap<string, { readonly value: Pick<Lease, 'owner'>; readonly revision: number }>;
}

export interface Allotment {
  /** What I have, and the revision of the lease by which I have it: my token. */
  readonly held: ReadonlyMap<string, number>;
  /** What I have, and somebody else is to have. */
  readonly handOn: ReadonlySet<string>;
  /** What I have, and could not collect any more: nobody else gets it before I let go of it. */
  readonly surplus: ReadonlyMap<string, number>;
  /** What nobody has and I am to have; the revision of a lease that is worth nothing any more. */
  readonly claim: ReadonlyMap<string, number | undefined>;
  /** How many I am to have, as soon as somebody who is alive lets go of them. */
  readonly awaited: number;
}

/** What one collector is to do. All of them see the same, sooner or later; until then leases decide. */
export function allotmentOf({ me, mine, alive, leases }: View): Allotment {
  const held = new Map<string, number>();
  const handOn = new Set<string>();
  const claim = new Map<string, number | undefined>();
  let awaited = 0;
  for (const key of mine) {
    const lease = leases.get(key);
    const candidates = [...alive].filter(([, could]) => could.has(key)).map(([session]) => session);
    const best = preferred(key, candidates);
    if (lease?.value.owner === me) {
      held.set(key, lease.revision);
      if (best !== me) handOn.add(key);
    } else if (best !== me) continue;
    else if (lease === undefined || !alive.has(lease.value.owner)) claim.set(key, lease?.revision);
    else awaited++;
  }
  const surplus = new Map<string, number>();
  for (const [key, { value, revision }] of leases) {
    if (value.owner === me && !mine.has(key)) surplus.set(key, revision);
  }
  return { held, handOn, surplus, claim, awaited };
}
