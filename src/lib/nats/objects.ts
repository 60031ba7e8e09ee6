import type { ObjectStore } from '@nats-io/obj';
import type { Readable } from 'node:stream';
import { Readable as NodeReadable } from 'node:stream';
import { within } from '../patience.ts';
import type { NatsLink } from './link.ts';
import { NatsFault, natsFaultOf } from './nats-fault.ts';
import { copiesFor, infoOf } from './stream.ts';

export interface ObjectsWish {
  readonly bucket: string;
  readonly replicas: number | undefined;
  /** So long the stream keeps what refers to them; undefined means for ever. */
  readonly maxAgeMs: number | undefined;
}

/** Why there are no bytes: removed, or not those that were put there. */
export type Missing = 'gone' | 'damaged';

const perMs = 1_000_000;
/** Bytes that are younger are there still when they are referred to again: they stay so much longer than a reference. */
const margin = 3_600_000;
const silence = { ms: 20_000, late: () => new NatsFault('timeout', 'nothing came for 20 s') };

/** Messages that are too long for a stream: their exact bytes, in pieces. */
export class Objects {
  readonly bucket: string;
  readonly #store: ObjectStore;

  static async use(link: NatsLink, { bucket, replicas, maxAgeMs }: ObjectsWish): Promise<Objects> {
    const { Objm } = await import('./library.ts');
    const manager = new Objm(link.jetstream);
    try {
      const store = await manager.create(bucket, {
        replicas: copiesFor(link, replicas),
        ...(maxAgeMs !== undefined && { ttl: (maxAgeMs + margin) * perMs }),
      });
      return new Objects(bucket, store);
    } catch (error) {
      // One that its operator has made otherwise is as good.
      const store = await manager.open(bucket).catch(() => undefined);
      if (store) return new Objects(bucket, store);
      throw natsFaultOf(error, `the object store ${bucket} cannot be used`);
    }
  }

  /** Undefined when there is none of that name. */
  static async find(link: NatsLink, bucket: string): Promise<Objects | undefined> {
    const { Objm } = await import('./library.ts');
    try {
      if ((await infoOf(link, `OBJ_${bucket}`)) === undefined) return undefined;
      return new Objects(bucket, await new Objm(link.jetstream).open(bucket));
    } catch (error) {
      throw natsFaultOf(error, `the object store ${bucket} cannot be used`);
    }
  }

  private constructor(bucket: string, store: ObjectStore) {
    this.bucket = bucket;
    this.#store = store;
  }

  /** Puts the bytes there, unless they are there already: what is sent again need not travel again. */
  async put(name: string, bytes: Readable, { sha256, size }: { sha256: string; size: number }): Promise<void> {
    const digest = digestOf(sha256);
    try {
      const known = await this.#store.info(name);
      const isThere = known && !known.deleted && known.digest === digest && known.size === size;
      if (isThere && Date.now() - Date.parse(known.mtime) < margin) return void bytes.destroy();
      const stream = NodeReadable.toWeb(bytes) as ReadableStream<Uint8Array>;
      const put = await this.#store.put({ name }, stream);
      if (put.digest === digest) return;
    } catch (error) {
      bytes.destroy();
      throw natsFaultOf(error, `the object store ${this.bucket} did not take a message`);
    }
    throw new Error(`what the object store ${this.bucket} has of ${name} is not what it was given`);
  }

  async get(name: string, signal: AbortSignal): Promise<Buffer | Missing> {
    try {
      const found = await within({ ...silence, signal }, this.#store.get(name));
      if (found === null) return 'gone';
      // It is looked at when everything has come; until then it may fail unseen.
      found.error.catch(() => undefined);
      const pieces: Uint8Array[] = [];
      const reader = found.data.getReader();
      // The library waits for ever where the servers may not send: without the right to $JS.FC, for one.
      for (let piece; !(piece = await within({ ...silence, signal }, reader.read())).done;) pieces.push(piece.value);
      const fault = await found.error;
      // Undefined where all is well, whatever its type says.
      if (fault instanceof Error) throw fault;
      return Buffer.concat(pieces);
    } catch (error) {
      if (signal.aborted) throw new NatsFault('lost', 'it was interrupted', { cause: error });
      // The library has neither a class nor a number for it.
      if (error instanceof Error && /\bdigests?\b/.test(error.message)) return 'damaged';
      throw natsFaultOf(error, `the object store ${this.bucket} does not give out ${name}`);
    }
  }
}

/** As the store writes it: SHA-256, base64 with the letters of URLs. */
function digestOf(sha256: string): string {
  return `SHA-256=${base64Url(Buffer.from(sha256, 'hex'))}`;
}

function base64Url(bytes: Buffer): string {
  const text = bytes.toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
