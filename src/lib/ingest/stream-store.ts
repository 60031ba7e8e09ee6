import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { publishedRecordWith, publishedVersion } from '../capture/published.ts';
import type { NatsAccess } from '../nats/access.ts';
import { NatsLink } from '../nats/link.ts';
import { lengthOf, type Letter } from '../nats/message.ts';
import { NatsFault } from '../nats/nats-fault.ts';
import { Objects } from '../nats/objects.ts';
import { publishAll } from '../nats/publish.ts';
import { longestFor, maxAgeOf, useStream, type StreamWish } from '../nats/stream.ts';
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
  /** Told of a message that goes without what its publisher says of it: that is longer than the stream takes. */
  readonly onShortened: (sha256: string) => void;
}

/** What is needed to publish, as long as the connection is good. */
interface Ready {
  readonly link: NatsLink;
  readonly longest: number;
  readonly maxAgeMs: number | undefined;
  objects?: Objects;
}

/** By which the stream knows it again when it is sent twice. */
interface Named {
  readonly message: Received;
  readonly messageId: string;
}

const firstRetry = 250;
const longestRetry = 15_000;

/** A stream as the place where messages are kept: whoever brings them waits as long as it takes none. */
export class StreamStore implements Store {
  readonly keeps = 'durably';
  readonly #settings: StreamStoreSettings;
  readonly #closing = new AbortController();
  #ready: Ready | undefined;

  constructor(settings: StreamStoreSettings) {
    this.#settings = settings;
  }

  async put(messages: readonly Received[]): Promise<void> {
    const { random, onFault } = this.#settings;
    // hpfeeds knows no message again: one without an id of its own is another one whenever it comes, and the same one
    // whenever we try again.
    const named = messages.map((message) => ({ message, messageId: idIn(message) ?? randomUUID() }));
    for (let attempt = 0; messages.length > 0; attempt++) {
      try {
        return await this.#publish(named);
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

  async #publish(named: readonly Named[]): Promise<void> {
    const { stream, window, confirmMs } = this.#settings;
    const ready = await this.#readyNow();
    const letters: Letter[] = [];
    for (const each of named) letters.push(await this.#letterOf(each, ready));
    await publishAll(ready.link, letters, { stream: stream.name, window, confirmMs });
  }

  async #readyNow(): Promise<Ready> {
    if (this.#ready && this.#ready.link.fault === undefined) return this.#ready;
    const link = await NatsLink.open(this.#settings.access, this.#closing.signal);
    try {
      const { info } = await useStream(link, this.#settings.stream);
      return (this.#ready = { link, longest: longestFor(link, info), maxAgeMs: maxAgeOf(info) });
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  async #letterOf({ message, messageId }: Named, ready: Ready): Promise<Letter> {
    const { subject, bridge, stream, objects: bucket, onShortened } = this.#settings;
    const { channel, ident, bytes, sha256, facts } = message;
    const id = idIn(message);
    const headers = {
      messageId,
      ...(id !== undefined && { id }),
      sha256,
      ident: inOneLine(ident),
      channel: inOneLine(channel),
      bridge,
      version: String(publishedVersion),
      contentType: 'application/json',
    };
    const fits = (letter: Letter) => lengthOf(letter, stream.name) <= ready.longest;
    const { length } = bytes;
    if (length < ready.longest) {
      const letter = { subject, payload: Buffer.from(publishedRecordWith(sha256, bytes, facts)), headers };
      if (fits(letter)) return letter;
    }
    ready.objects ??= await Objects.use(ready.link, { bucket, replicas: stream.replicas, maxAgeMs: ready.maxAgeMs });
    await ready.objects.put(sha256, Readable.from([bytes]), { sha256, size: length });
    const object = { bucket, name: sha256 };
    const reference = (said: Received['facts']): Letter => ({
      subject,
      payload: Buffer.from(JSON.stringify({ sha256, object, ...said })),
      headers: { ...headers, object: `${bucket}/${sha256}` },
    });
    const whole = reference(facts);
    if (fits(whole)) return whole;
    onShortened(sha256);
    return reference({});
  }

  async #drop(): Promise<void> {
    const ready = this.#ready;
    this.#ready = undefined;
    await ready?.link.close();
  }
}

// Names of hpfeeds may hold anything but a line end of a header.
function inOneLine(name: string): string {
  return name.replaceAll(/[\r\n]/g, ' ');
}

function idIn({ facts: { id } }: Received): string | undefined {
  return typeof id === 'string' && /^[\dA-Z]{26}$/.test(id) ? id : undefined;
}
