import type { Emit } from '../events/event.ts';
import { isConflict } from '../nats/bucket.ts';
import { isoTime } from '../text/time.ts';
import { allotmentOf, type Allotment } from './allotment.ts';
import type { Companion } from './cluster.ts';
import { keyOf } from './key.ts';
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

/** So many leases are asked for at once. */
const atOnce = 32;

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
    await this.#allot(shelves, alive);
    this.#alive = alive.join();
    this.#seenAt = this.#settings.monotonic();
  }

  lost(): void {
    void this.#hold(new Map(), 'lost');
    this.#waits = true;
  }

  async leaving(shelves: Shelves): Promise<void> {
    const held = this.#held;
    await this.#hold(new Map(), 'stopping');
    await this.#release(shelves, held);
    await shelves.lists.remove(this.#settings.session);
  }

  async #list(shelves: Shelves): Promise<boolean> {
    if (this.#isListed) return false;
    this.#isListed = true;
    await shelves.lists.put(this.#settings.session, [...this.#accounts.keys()]);
    return true;
  }

  async #allot(shelves: Shelves, alive: readonly string[]): Promise<void> {
    const { session, handsOn } = this.#settings;
    const lists = await shelves.lists.entries();
    const leases = await shelves.leases.entries();
    const mine = new Set(this.#accounts.keys());
    const could = new Map(alive.map((each) => [each, new Set(lists.get(each)?.value)]));
    could.set(session, mine);
    const allotment = allotmentOf({ me: session, mine, alive: could, leases });
    const leaving = handsOn === 'atTheEnd' ? new Set<string>() : allotment.handOn;
    const claimed = await this.#claimAll(shelves, allotment);
    // It may have taken too long: then whatever was ours is about to be somebody else's.
    if (!this.#settings.isAlive()) return;
    const held = new Map([...allotment.held, ...claimed].filter(([key]) => !leaving.has(key)));
    await this.#hold(held, 'allotted');
    await this.#release(shelves, new Map([...allotment.held].filter(([key]) => leaving.has(key))));
    this.#waits = claimed.size < allotment.claim.size || allotment.awaited > 0;
    await this.#forgetDead(shelves, lists.keys(), new Set(alive));
    this.#settled.resolve();
  }

  async #claimAll(shelves: Shelves, { claim }: Allotment): Promise<ReadonlyMap<string, number>> {
    const { session: owner, sensor, now } = this.#settings;
    const claimed = new Map<string, number>();
    const waiting = [...claim];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [key, revision] = next;
        const lease = { account: this.#accounts.get(key)!, owner, sensor, since: isoTime(now()) };
        try {
          const token =
            revision === undefined
              ? await shelves.leases.create(key, lease)
              : await shelves.leases.update(key, lease, revision);
          claimed.set(key, token);
        } catch (error) {
          // Somebody else was faster, or sees the cluster otherwise. The next look tells.
          if (!isConflict(error)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return claimed;
  }

  async #release(shelves: Shelves, held: ReadonlyMap<string, number>): Promise<void> {
    const waiting = [...held];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await shelves.leases.remove(...next).catch((error: unknown) => {
          if (!isConflict(error)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
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
  async #forgetDead(shelves: Shelves, listed: Iterable<string>, alive: ReadonlySet<string>): Promise<void> {
    const { monotonic, leaseMs } = this.#settings;
    for (const session of listed) {
      if (alive.has(session)) {
        this.#deadSince.delete(session);
        continue;
      }
      const since = this.#deadSince.get(session) ?? monotonic();
      this.#deadSince.set(session, since);
      if (monotonic() - since < 4 * leaseMs) continue;
      await shelves.lists.remove(session);
      this.#deadSince.delete(session);
    }
  }
}
