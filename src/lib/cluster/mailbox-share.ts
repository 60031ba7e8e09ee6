import type { Emit } from '../events/event.ts';
import { isConflict } from '../nats/bucket.ts';
import { isoTime } from '../text/time.ts';
import { allotmentOf, type Allotment } from './allotment.ts';
import type { Companion } from './cluster.ts';
import { keyOf } from './key.ts';
import { manyAtOnce } from './many-at-once.ts';
import type { Shelves } from './shelves.ts';

export interface MailboxShareSettings {
  readonly session: string;
  readonly sensor: string;
  readonly leaseMs: number;
  /** Collects these accounts and no others; resolves when nothing is done with any other one any more. */
  readonly collect: (accounts: ReadonlySet<string>) => Promise<void>;
  /** Whether what we have goes to whoever is to have it now, or stays until we have done with everything. */
  readonly handsOn: 'whenOthersCome' | 'atTheEnd';
  /** Whether the others still count us among the living. */
  readonly isAlive: () => boolean;
  readonly emit: Emit;
  readonly now: () => number;
  readonly monotonic: () => number;
}

/**
 * The mailboxes of one collector among all who could collect them. A lease says whose a mailbox is, and is worth
 * something as long as its owner gives signs of life; its revision is the token of whatever is done under it.
 */
export class MailboxShare implements Companion {
  readonly #settings: MailboxShareSettings;
  /** What we could collect, by key. */
  #accounts: ReadonlyMap<string, string> = new Map();
  #isListed = false;
  #held: ReadonlyMap<string, number> = new Map();
  /** Under which tokens something is done: what is no longer ours keeps its own until the last of that is done. */
  #under: ReadonlyMap<string, number> = new Map();
  #alive = '';
  #seenAt = -Infinity;
  /** Whether there is something that will be ours once others have let go of it. */
  #waits = true;
  #collecting: Promise<void> = Promise.resolve();
  /** How often everything was lost: what was seen before that is worth nothing after it. */
  #losses = 0;
  readonly #deadSince = new Map<string, number>();
  readonly #settled = Promise.withResolvers<void>();

  constructor(settings: MailboxShareSettings) {
    this.#settings = settings;
  }

  /** The mailboxes that we could collect; they become ours as leases are had. */
  name(accounts: readonly string[]): void {
    this.#accounts = new Map(accounts.map((account) => [keyOf(account), account]));
    this.#isListed = false;
  }

  get figures(): { readonly named: number; readonly held: number } {
    return { named: this.#accounts.size, held: this.#held.size };
  }

  /** Resolves when it is known for the first time what is ours. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  has(account: string): boolean {
    return this.#held.has(keyOf(account));
  }

  /** Under which whatever happens in the mailbox is done; undefined when nothing is to happen there. */
  tokenOf(account: string): number | undefined {
    return this.#under.get(keyOf(account));
  }

  // Whoever counts us among the living has to know at once what we could do.
  async joining(shelves: Shelves): Promise<void> {
    this.#isListed = false;
    await this.#list(shelves);
  }

  async beat(shelves: Shelves): Promise<void> {
    const changed = await this.#list(shelves);
    const alive = (await shelves.members.keys()).toSorted();
    const isDue = this.#settings.monotonic() - this.#seenAt >= this.#settings.leaseMs;
    if (!changed && !this.#waits && !isDue && alive.join() === this.#alive) return;
    const outcome = await this.#allot(shelves, alive);
    if (outcome === 'lost') return;
    this.#waits = outcome === 'waits';
    this.#alive = alive.join();
    this.#seenAt = this.#settings.monotonic();
  }

  lost(): void {
    this.#losses++;
    void this.#hold(new Map(), 'lost');
    this.#waits = true;
  }

  async leaving(shelves: Shelves): Promise<void> {
    const held = this.#held;
    await this.#hold(new Map(), 'stopping');
    await this.#release(shelves, held);
    const listed = await shelves.lists.get(this.#settings.session);
    if (listed) await shelves.lists.vanish(listed.revision);
  }

  async #list(shelves: Shelves): Promise<boolean> {
    if (this.#isListed) return false;
    this.#isListed = true;
    await shelves.lists.put(this.#settings.session, [...this.#accounts.keys()]);
    return true;
  }

  async #allot(shelves: Shelves, alive: readonly string[]): Promise<'settled' | 'waits' | 'lost'> {
    const { session, handsOn } = this.#settings;
    const losses = this.#losses;
    // They may be named anew meanwhile.
    const accounts = this.#accounts;
    const lists = await shelves.lists.entries();
    // Others take a long silence for the end.
    if (!lists.has(session)) this.#isListed = false;
    const leases = await shelves.leases.entries();
    const mine = new Set(accounts.keys());
    const could = new Map(alive.map((each) => [each, new Set(lists.get(each)?.value)]));
    could.set(session, mine);
    const allotment = allotmentOf({ me: session, mine, alive: could, leases });
    const leaving = handsOn === 'atTheEnd' ? new Set<string>() : allotment.handOn;
    const claimed = await this.#claimAll(shelves, allotment, accounts);
    // It may have taken too long: then whatever was ours is about to be somebody else's.
    if (losses !== this.#losses || !this.#settings.isAlive()) return 'lost';
    const held = new Map([...allotment.held, ...claimed].filter(([key]) => !leaving.has(key)));
    await this.#hold(held, 'allotted');
    const handedOn = [...allotment.held].filter(([key]) => leaving.has(key));
    await this.#release(shelves, new Map([...handedOn, ...allotment.surplus]));
    await this.#forgetDead(shelves, lists, new Set(alive));
    if (losses !== this.#losses) return 'lost';
    this.#settled.resolve();
    return claimed.size < allotment.claim.size || allotment.awaited > 0 ? 'waits' : 'settled';
  }

  async #claimAll(
    shelves: Shelves,
    { claim }: Allotment,
    accounts: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, number>> {
    const { session: owner, sensor, now } = this.#settings;
    const claimed = new Map<string, number>();
    await manyAtOnce(claim, async ([key, revision]) => {
      const lease = { account: accounts.get(key)!, owner, sensor, since: isoTime(now()) };
      const token = await unlessSomebodyWasFaster(() =>
        revision === undefined ? shelves.leases.create(key, lease) : shelves.leases.update(key, lease, revision),
      );
      // Else somebody sees the cluster otherwise. The next look tells.
      if (token !== undefined) claimed.set(key, token);
    });
    return claimed;
  }

  async #release(shelves: Shelves, held: ReadonlyMap<string, number>): Promise<void> {
    await manyAtOnce(held, ([key, revision]) => unlessSomebodyWasFaster(() => shelves.leases.remove(key, revision)));
  }

  /** Tokens first when something comes, and last when it goes: what is done meanwhile is done under them. */
  #hold(held: ReadonlyMap<string, number>, why: 'allotted' | 'lost' | 'stopping'): Promise<void> {
    const before = this.#held;
    const taken = [...held.keys()].filter((key) => held.get(key) !== before.get(key));
    const left = [...before.keys()].filter((key) => held.get(key) !== before.get(key));
    if (taken.length === 0 && left.length === 0) return this.#collecting;
    this.#held = held;
    const { collect, emit } = this.#settings;
    const accounts = new Set([...held.keys()].flatMap((key) => this.#accounts.get(key) ?? []));
    emit({
      event: 'cluster.allotted',
      why,
      named: this.#accounts.size,
      held: held.size,
      taken: taken.length,
      left: left.length,
    });
    this.#collecting = this.#collecting.then(async () => {
      this.#under = new Map([...this.#under, ...held]);
      await collect(accounts);
      this.#under = held;
    });
    return this.#collecting;
  }

  /** Lists of those who are gone for good. One who is about to join has listed before it is seen alive. */
  async #forgetDead(
    shelves: Shelves,
    lists: ReadonlyMap<string, { readonly revision: number }>,
    alive: ReadonlySet<string>,
  ): Promise<void> {
    const { monotonic, leaseMs } = this.#settings;
    for (const session of this.#deadSince.keys()) if (!lists.has(session)) this.#deadSince.delete(session);
    for (const [session, { revision }] of lists) {
      if (alive.has(session)) {
        this.#deadSince.delete(session);
        continue;
      }
      const since = this.#deadSince.get(session) ?? monotonic();
      this.#deadSince.set(session, since);
      // No session comes twice: what is left of them would only grow.
      if (monotonic() - since >= 4 * leaseMs) await shelves.lists.vanish(revision);
    }
  }
}

async function unlessSomebodyWasFaster<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}
