import { setTimeout } from 'node:timers/promises';
import { reason } from '../errors.ts';
import type { Emit } from '../events/event.ts';
import type { NatsAccess } from '../nats/access.ts';
import { NatsLink } from '../nats/link.ts';
import { NatsFault } from '../nats/nats-fault.ts';
import type { Member } from './member.ts';
import { useShelves, type Shelves } from './shelves.ts';

export interface ClusterSettings {
  readonly access: NatsAccess;
  readonly name: string;
  readonly replicas: number | undefined;
  /** How long it may take until others have what a silent member had. */
  readonly leaseMs: number;
  /** By which this run is told from all others, also of the same sensor. */
  readonly session: string;
  /** What is said of us. */
  readonly describe: () => Promise<Member>;
  readonly emit: Emit;
  /** Milliseconds that only ever grow: what somebody does to the clock is of no concern here. */
  readonly monotonic: () => number;
  readonly random: () => number;
}

/** What wants to know how we stand, in turn, each before the next. */
export interface Companion {
  /** Before we are counted among the living, and whenever that has to begin anew. */
  joining?(shelves: Shelves): Promise<void>;
  /** After a sign of life; when it takes longer than to the next one, after one of those that follow. */
  beat(shelves: Shelves): Promise<void>;
  /** We may count as dead by now: whatever was ours may be somebody else's. */
  lost(): void;
  /** Before we say that we go. */
  leaving?(shelves: Shelves): Promise<void>;
}

/** So often in that time somebody gives a sign of life. */
const beats = 5;
/** We give up what we have before the servers forget us. */
const caution = 0.8;
const firstRetry = 500;
const longestRetry = 10_000;

/** One sensor as a member of a cluster: gives signs of life, and tells its companions how it stands. */
export class Cluster {
  readonly session: string;
  readonly #settings: ClusterSettings;
  readonly #companions: Companion[] = [];
  #connection: { readonly link: NatsLink; readonly shelves: Shelves } | undefined;
  /** Until then nobody counts us as dead. */
  #aliveUntil = 0;
  #isLost = true;
  #expiry: NodeJS.Timeout | undefined;
  /** That all companions are told of a sign of life. */
  #telling: Promise<void> | undefined;

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
    this.session = settings.session;
  }

  add(companion: Companion): void {
    this.#companions.push(companion);
  }

  /** Throws while there is no connection. */
  get shelves(): Shelves {
    return this.#connected.shelves;
  }

  /** Throws while there is no connection. */
  get link(): NatsLink {
    return this.#connected.link;
  }

  get #connected() {
    if (this.#connection) return this.#connection;
    throw new NatsFault('lost', 'the cluster cannot be reached at the moment');
  }

  get isAlive(): boolean {
    return this.#settings.monotonic() < this.#aliveUntil;
  }

  /** Until the signal; comes back after every fault. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, emit } = this.#settings;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#belong(signal, () => (attempt = 0));
      } catch (error) {
        if (signal.aborted) break;
        // Whatever it is: what comes in must not end because of what others have to say.
        const retryInMs = Math.round(Math.min(firstRetry * 2 ** attempt, longestRetry) * (0.5 + random() / 2));
        emit({ event: 'cluster.lost', detail: reason(error), retryInMs });
        await setTimeout(retryInMs, undefined, { signal }).catch(() => undefined);
      }
    }
    clearTimeout(this.#expiry);
    this.#lose();
  }

  /** One connection, from its beginning to its end. */
  async #belong(signal: AbortSignal, joined: () => void): Promise<void> {
    const { access, name, replicas, leaseMs, emit } = this.#settings;
    const link = await NatsLink.open(access, signal);
    try {
      const shelves = await useShelves(link, { name, replicas, leaseMs });
      this.#connection = { link, shelves };
      for (const companion of this.#companions) await companion.joining?.(shelves);
      const { name: server, address, port } = link.server;
      emit({ event: 'cluster.joined', cluster: name, server, address, port });
      joined();
      await this.#beatOn(link, shelves, signal);
      await this.#leave(shelves);
    } finally {
      this.#connection = undefined;
      await link.close();
      // Nobody is told by two connections at once.
      await this.#telling;
    }
  }

  async #beatOn(link: NatsLink, shelves: Shelves, signal: AbortSignal): Promise<void> {
    const silenceMs = shelves.members.ttlMs ?? this.#settings.leaseMs;
    const every = silenceMs / beats;
    const halt = new AbortController();
    const ended = AbortSignal.any([signal, halt.signal]);
    while (!signal.aborted) {
      halt.signal.throwIfAborted();
      if (link.fault !== undefined) throw link.fault;
      // The servers count from when they hear it, which is later.
      const saidAt = this.#settings.monotonic();
      await shelves.members.put(this.session, await this.#settings.describe());
      this.#aliveFor(saidAt + silenceMs * caution);
      // Letting go of a mailbox may take longer than anybody may be silent.
      this.#telling ??= this.#tell(shelves)
        .catch((error: unknown) => halt.abort(error))
        .finally(() => (this.#telling = undefined));
      const rest = Math.max(0, saidAt + every - this.#settings.monotonic());
      await setTimeout(rest, undefined, { signal: ended }).catch(() => undefined);
    }
    await this.#telling;
    halt.signal.throwIfAborted();
  }

  async #tell(shelves: Shelves): Promise<void> {
    for (const companion of this.#companions) await companion.beat(shelves);
  }

  async #leave(shelves: Shelves): Promise<void> {
    for (const companion of this.#companions) await companion.leaving?.(shelves);
    const kept = await shelves.members.get(this.session);
    // Gone without a trace: others see at once that we are not there.
    if (kept) await shelves.members.vanish(kept.revision);
  }

  #aliveFor(until: number): void {
    this.#aliveUntil = until;
    this.#isLost = false;
    clearTimeout(this.#expiry);
    this.#expiry = globalThis.setTimeout(() => this.#lose(), until - this.#settings.monotonic());
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#aliveUntil = 0;
    for (const companion of this.#companions) companion.lost();
  }
}
