import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { publishedRecordWith, publishedVersion } from '../capture/published.ts';
import type { NatsAccess } from '../nats/access.ts';
import { NatsLink } from '../nats/link.ts';
import { lengthOf, type Letter } from '../nats/message.ts';
import { NatsFault } from '../nats/nats-fault.ts';
import { Objects } from '../nats/objects.ts';
import { publishAll } from '../nats/publish.ts';
import { useStream, type StreamWish } from '../nats/stream.ts';
import type { Received } from './received.ts';
import type { Store } from './store.ts';

export interface StreamStoreSettings {
  readonly access: NatsAccess;
  readonly stream: StreamWish;
  readonly subject: string;
  readonly objects: string;
  /** How the bridge is known that brings them. */
  readonly bridge: string;
  readonly window: number;
  readonly confirmMs: number;
  readonly random: () => number;
  /** Told when the stream does not take them now. It is tried again. */
  readonly onFault: (fault: NatsFault, retryInMs: number) => void;
}

const firstRetry = 250;
const longestRetry = 15_000;

/** A stream as the place where messages are kept: whoever brings them waits as long as it takes none. */
export class StreamStore implements Store {
  readonly keeps = 'durably';
  readonly #settings: StreamStoreSettings;
  readonly #closing = new AbortController();
  #link: NatsLink | undefined;
  #objects: Objects | undefined;

  constructor(settings: StreamStoreSettings) {
    this.#settings = settings;
  }

  async put(messages: readonly Received[]): Promise<void> {
    const { random, onFault } = this.#settings;
    for (let attempt = 0; messages.length > 0; attempt++) {
      try {
        return await this.#publish(messages);
      } catch (error) {
        await this.#drop();
        if (!(error instanceof NatsFault)) throw error;
        const ms = Math.round(Math.min(firstRetry * 2 ** attempt, longestRetry) * (0.5 + random() / 2));
        onFault(error, ms);
        await setTimeout(ms, undefined, { signal: this.#closing.signal });
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#drop();
  }

  async #publish(messages: readonly Received[]): Promise<void> {
    const { stream, window, confirmMs } = this.#settings;
    const link = await this.#linkNow();
    const letters: Letter[] = [];
    for (const message of messages) letters.push(await this.#letterOf(message, link));
    await publishAll(link, letters, { stream: stream.name, window, confirmMs });
  }

  async #linkNow(): Promise<NatsLink> {
    if (this.#link && this.#link.fault === undefined) return this.#link;
    this.#link = await NatsLink.open(this.#settings.access, this.#closing.signal);
    await useStream(this.#link, this.#settings.stream);
    return this.#link;
  }

  async #letterOf({ channel, ident, bytes, sha256, facts }: Received, link: NatsLink): Promise<Letter> {
    const { subject, bridge, stream, objects: bucket } = this.#settings;
    // hpfeeds knows no message again. Where the record has no id of its own: rather twice than never.
    const id = typeof facts['id'] === 'string' && /^[\dA-Z]{26}$/.test(facts['id']) ? facts['id'] : undefined;
    const headers = {
      ...(id !== undefined && { messageId: id, id }),
      sha256,
      ident: inOneLine(ident),
      channel: inOneLine(channel),
      bridge,
      version: String(publishedVersion),
      contentType: 'application/json',
    };
    const { length } = bytes;
    if (length < link.longest) {
      const letter = { subject, payload: Buffer.from(publishedRecordWith(sha256, bytes, facts)), headers };
      if (lengthOf(letter) <= link.longest) return letter;
    }
    this.#objects ??= await Objects.use(link, { bucket, replicas: stream.replicas, maxAgeMs: stream.maxAgeMs });
    await this.#objects.put(sha256, Readable.from([bytes]), { sha256, size: length });
    const payload = Buffer.from(JSON.stringify({ sha256, object: { bucket, name: sha256 }, ...facts }));
    return { subject, payload, headers: { ...headers, object: `${bucket}/${sha256}` } };
  }

  async #drop(): Promise<void> {
    const link = this.#link;
    this.#link = this.#objects = undefined;
    await link?.close();
  }
}

// Names of hpfeeds may hold anything but a line end of a header.
function inOneLine(name: string): string {
  return name.replaceAll(/[\r\n]/g, ' ');
}
