import type { KV, KvEntry } from '@nats-io/kv';
import { randomBytes } from 'node:crypto';
import { within } from '../patience.ts';
import type { NatsLink } from './link.ts';
import { NatsFault, natsFaultOf } from './nats-fault.ts';
import { copiesFor, infoOf } from './stream.ts';

export interface BucketWish {
  readonly name: string;
  readonly replicas: number | undefined;
  /** After that a key which nobody has written again is gone. The first who makes the bucket decides. */
  readonly ttlMs?: number;
}

/** A value, and the revision by which whoever changes it shows that it knows this one. */
export interface Kept<Value> {
  readonly value: Value;
  readonly revision: number;
}

const perMs = 1_000_000;
/** By which number the servers say that there was nothing to delete, or that it could not be deleted. */
const notDeleted = 10057;
const roomForHeaders = 512;
/** A consumer whose server dies is never heard of again. */
const reading = { ms: 20_000, late: () => new NatsFault('timeout', 'it could not be read to its end') };

/** Keys and their values, as JSON, each changed only by those who know its newest revision. */
export class Bucket<Value> {
  readonly name: string;
  readonly ttlMs: number | undefined;
  readonly #link: NatsLink;
  readonly #kv: KV;

  static async use<Value>(link: NatsLink, { name, replicas, ttlMs }: BucketWish): Promise<Bucket<Value>> {
    const { Kvm } = await import('./library.ts');
    const manager = new Kvm(link.jetstream);
    // Read from the leader alone: one that lags behind would bring back what is long changed.
    const options = { replicas: copiesFor(link, replicas), history: 1, allow_direct: false };
    try {
      const kv = await manager
        .create(name, { ...options, ...(ttlMs !== undefined && { ttl: ttlMs }) })
        // Somebody else has made it, perhaps with other settings: these hold.
        .catch(async (refusal: unknown) => {
          const isThere = (await infoOf(link, `KV_${name}`)) !== undefined;
          if (!isThere) throw refusal;
          return manager.open(name, { allow_direct: false });
        });
      return await Bucket.#opened<Value>(link, name, kv);
    } catch (error) {
      throw natsFaultOf(error, `the bucket ${name} cannot be used`);
    }
  }

  /** Undefined when there is none of that name. */
  static async find<Value>(link: NatsLink, name: string): Promise<Bucket<Value> | undefined> {
    const { Kvm } = await import('./library.ts');
    try {
      if ((await infoOf(link, `KV_${name}`)) === undefined) return undefined;
      return await Bucket.#opened<Value>(link, name, await new Kvm(link.jetstream).open(name, { allow_direct: false }));
    } catch (error) {
      throw natsFaultOf(error, `the bucket ${name} cannot be used`);
    }
  }

  static async #opened<Value>(link: NatsLink, name: string, kv: KV): Promise<Bucket<Value>> {
    const { streamInfo } = await kv.status();
    const { max_age: age } = streamInfo.config;
    return new Bucket<Value>(name, link, kv, age > 0 ? age / perMs : undefined);
  }

  private constructor(name: string, link: NatsLink, kv: KV, ttlMs: number | undefined) {
    this.name = name;
    this.#link = link;
    this.#kv = kv;
    this.ttlMs = ttlMs;
  }

  get #stream(): string {
    return `KV_${this.name}`;
  }

  async get(key: string): Promise<Kept<Value> | undefined> {
    return this.#saying('be read', async () => {
      const entry = await this.#kv.get(key);
      return entry === null ? undefined : keptIn<Value>(entry);
    });
  }

  /** The time on the clock of the servers, in milliseconds: that of something written just now. */
  async now(): Promise<number> {
    return this.#saying('be read', async () => {
      const key = `clock-${randomBytes(12).toString('hex')}`;
      const revision = await this.#kv.put(key, '');
      const entry = await this.#kv.get(key);
      await this.vanish(revision);
      if (entry === null) throw new NatsFault('lost', 'what was written just now is not there');
      return entry.created.getTime();
    });
  }

  /** Everything that is there now. */
  async entries(): Promise<ReadonlyMap<string, Kept<Value>>> {
    return this.#saying('be read', async () => {
      // What is removed meanwhile may be the last that was promised: then it looks as if something were missing.
      const all = (await this.#readAll()) ?? (await this.#readAll());
      if (all) return all;
      throw new NatsFault('lost', 'it was not read to its end');
    });
  }

  async #readAll(): Promise<ReadonlyMap<string, Kept<Value>> | undefined> {
    const history = await within(reading, this.#kv.history());
    try {
      const all = await within(reading, allOf<Value>(history));
      // Without a connection it ends as if there were nothing.
      if (this.#link.fault !== undefined) throw this.#link.fault;
      return all;
    } finally {
      history.stop();
    }
  }

  /** Whoever comes second gets a fault of the kind `conflict`. */
  create(key: string, value: Value): Promise<number> {
    return this.#saying('be written', async () => this.#kv.create(key, this.#written(key, value)));
  }

  /** Only if that is still the newest revision. */
  update(key: string, value: Value, revision: number): Promise<number> {
    return this.#saying('be written', async () => this.#kv.update(key, this.#written(key, value), revision));
  }

  /** Whatever was there. */
  put(key: string, value: Value): Promise<number> {
    return this.#saying('be written', async () => this.#kv.put(key, this.#written(key, value)));
  }

  /** Only if that is still the newest revision. */
  async remove(key: string, revision: number): Promise<void> {
    await this.#saying('be written', () => this.#kv.delete(key, { previousSeq: revision }));
  }

  /** Without a trace: what has run out leaves none either. */
  async vanish(revision: number): Promise<void> {
    await this.#saying('be written', async () => {
      try {
        await this.#link.manager.streams.deleteMessage(this.#stream, revision, false);
      } catch (error) {
        // Somebody else was faster.
        if ((error as { readonly code?: unknown }).code !== notDeleted) throw error;
        if ((await this.#link.manager.streams.getMessage(this.#stream, { seq: revision })) !== null) throw error;
      }
    });
  }

  /** The keys that are there, also those of which nothing is left but that they were removed. */
  async keys(): Promise<readonly string[]> {
    // One question to the leader. The library would make a consumer for it each time, which a whole cluster agrees on.
    const { state } = await this.#saying('be read', () =>
      this.#link.manager.streams.info(this.#stream, { subjects_filter: '>' }),
    );
    const prefix = `$KV.${this.name}.`;
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  }

  #written(key: string, value: Value): string {
    const text = JSON.stringify(value);
    const length = Buffer.byteLength(text) + roomForHeaders;
    if (length <= this.#link.longest) return text;
    throw new NatsFault('too large', `${key} would have ${length} bytes, and the servers take ${this.#link.longest}`);
  }

  async #saying<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw natsFaultOf(error, `the bucket ${this.name} cannot ${what}`);
    }
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof NatsFault && error.kind === 'conflict';
}

/** Undefined when it ended before its end: the library says nothing of what it cannot go on with. */
async function allOf<Value>(history: AsyncIterable<KvEntry>): Promise<ReadonlyMap<string, Kept<Value>> | undefined> {
  const found = new Map<string, Kept<Value>>();
  let rest = 0;
  for await (const entry of history) {
    const kept = keptIn<Value>(entry);
    if (kept) found.set(entry.key, kept);
    rest = entry.delta ?? 0;
    if (rest === 0) break;
  }
  return rest === 0 ? found : undefined;
}

/** Undefined also for what is no JSON: nobody of us has written that. */
function keptIn<Value>(entry: KvEntry): Kept<Value> | undefined {
  if (entry.operation !== 'PUT') return undefined;
  try {
    return { value: entry.json<Value>(), revision: entry.revision };
  } catch {
    return undefined;
  }
}
