import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Capture, CaptureFacts, Content } from '../../capture/capture.ts';
import { publishedFacts, publishedPayload, type PayloadShape } from '../../capture/published.ts';
import type { NatsAccess } from '../../nats/access.ts';
import { NatsLink } from '../../nats/link.ts';
import { lengthOf, type Letter } from '../../nats/message.ts';
import { NatsFault } from '../../nats/nats-fault.ts';
import { Objects } from '../../nats/objects.ts';
import { firstLost, publishAll, type Confirmed } from '../../nats/publish.ts';
import { longestFor, maxAgeOf, useStream, type StreamWish } from '../../nats/stream.ts';
import { formatSize } from '../../text/units.ts';
import { delivered, TakenBack, Unavailable, type Doubter, type Outcome } from '../output.ts';
import { letterOf } from './letter.ts';

export interface NatsSettings {
  readonly access: NatsAccess;
  readonly stream: StreamWish;
  readonly subject: string;
  readonly record: PayloadShape;
  readonly sensor: string;
  /** Where messages go that are too long for the stream. */
  readonly objects: string;
  readonly maxMessage: number;
  readonly window: number;
  readonly confirmMs: number;
  readonly onUp?: (up: Up) => void;
}

export interface Up {
  readonly broker: string;
  readonly address: string;
  readonly port: number;
  /** What is not as it should be with the stream. */
  readonly doubts: readonly string[];
}

/** What an operator has to change does not get better by being tried again at once. */
const holdOffMs = 60_000;

/** What is needed to publish, as long as the connection is good. */
interface Ready {
  readonly link: NatsLink;
  /** The longest message that the stream takes, with its headers. */
  readonly longest: number;
  readonly maxAgeMs: number | undefined;
  objects?: Objects;
}

/** A server writes a moment after it has confirmed; one that dies in it had it in memory only. */
const writtenAfterMs = 250;
/** Far more than comes between two checkpoints, unless these fail. */
const mostUnchecked = 100_000;

/**
 * Publishes captures to a stream of JetStream. Delivered is what the stream has confirmed. Where a majority of its
 * servers dies at once it may lose its end all the same, so a checkpoint looks whether the last of each batch is there.
 */
export class NatsOutput implements Doubter {
  readonly trusts = 'checkpoints';
  readonly name: string;
  readonly #settings: NatsSettings;
  readonly #closing = new AbortController();
  #ready: Ready | undefined;
  #unchecked: Confirmed[] = [];

  constructor(name: string, settings: NatsSettings) {
    this.name = name;
    this.#settings = settings;
  }

  async open(): Promise<void> {
    // The connection is opened with the first batch: an output that has nothing to say keeps no server busy.
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    try {
      const ready = await this.#readyNow();
      const outcomes: Outcome[] = [];
      const letters: Letter[] = [];
      for (const capture of batch) {
        const letter = this.#refusal(capture.facts) ?? (await this.#letterOf(capture, ready));
        if (typeof letter !== 'string') letters.push(letter);
        outcomes.push(typeof letter === 'string' ? { kind: 'refused', why: letter } : delivered);
      }
      const { stream, window, confirmMs } = this.#settings;
      const last = await publishAll(ready.link, letters, { stream: stream.name, window, confirmMs });
      if (last && this.#unchecked.length < mostUnchecked) this.#unchecked.push(last);
      return outcomes;
    } catch (error) {
      throw await this.#failed(error);
    }
  }

  async checkpoint(): Promise<void> {
    const unchecked = this.#unchecked;
    if (unchecked.length === 0) return;
    try {
      const { link } = await this.#readyNow();
      await setTimeout(writtenAfterMs, undefined, { signal: this.#closing.signal });
      const { name } = this.#settings.stream;
      const lost = await firstLost(link, name, unchecked);
      this.#unchecked = [];
      if (lost) throw new TakenBack(`message ${lost.seq} of the stream ${name} is not the one that it had confirmed`);
    } catch (error) {
      throw error instanceof TakenBack ? error : await this.#failed(error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ready?.link.close();
  }

  async #readyNow(): Promise<Ready> {
    if (this.#ready && this.#ready.link.fault === undefined) return this.#ready;
    const { access, stream, onUp } = this.#settings;
    const link = await NatsLink.open(access, this.#closing.signal);
    try {
      const { info, doubts } = await useStream(link, stream);
      this.#ready = { link, longest: longestFor(link, info), maxAgeMs: maxAgeOf(info) };
      const { name, version, address, port } = link.server;
      onUp?.({ broker: `${name} (${version}), stream ${stream.name}`, address, port, doubts });
      return this.#ready;
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  #refusal({ size }: CaptureFacts): string | undefined {
    const { maxMessage } = this.#settings;
    if (size <= maxMessage) return undefined;
    return `it has ${formatSize(size)}, more than the ${formatSize(maxMessage)} of maxMessage`;
  }

  /** Or why there can be none. */
  async #letterOf({ facts, content }: Capture, ready: Ready): Promise<Letter | string> {
    const { record, sensor, stream } = this.#settings;
    // A record is never shorter than its message.
    if (facts.size < ready.longest) {
      const letter = letterOf(facts, publishedPayload(facts, bytesOf(content), sensor, record), this.#settings);
      if (lengthOf(letter, stream.name) <= ready.longest) return letter;
    }
    return this.#reference(facts, content, ready);
  }

  /** Its bytes go where there is room for them, and the stream gets all that is known of it beside them. */
  async #reference(facts: CaptureFacts, content: Content, ready: Ready): Promise<Letter | string> {
    const { objects: bucket, stream, sensor } = this.#settings;
    // Whatever shape is wanted of records: these are not the bytes.
    const payload = publishedFacts(facts, sensor, { bucket, name: facts.id });
    const { headers, ...written } = letterOf(facts, payload, { ...this.#settings, record: 'full' });
    const letter = { ...written, headers: { ...headers, object: `${bucket}/${facts.id}` } };
    const length = lengthOf(letter, stream.name);
    if (length > ready.longest) {
      return `what is known of it has ${formatSize(length)}, more than the ${formatSize(ready.longest)} that the stream takes`;
    }
    const { replicas } = stream;
    ready.objects ??= await Objects.use(ready.link, { bucket, replicas, maxAgeMs: ready.maxAgeMs });
    await ready.objects.put(facts.id, await streamOf(content), facts);
    return letter;
  }

  // A stream that was removed is made anew only with a new connection.
  async #failed(error: unknown): Promise<unknown> {
    const { link } = this.#ready ?? {};
    this.#ready = undefined;
    await link?.close().catch(() => undefined);
    if (!(error instanceof NatsFault)) return error;
    switch (error.kind) {
      case 'credentials':
      case 'permission':
      case 'stream':
        return new Unavailable(error.message, holdOffMs);
      default:
        return error;
    }
  }
}

function bytesOf(content: Content): Buffer {
  return content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
}

// A file that is gone is told here; a stream of its own would tell it when nobody listens.
async function streamOf(content: Content): Promise<Readable> {
  return content.kind === 'bytes' ? Readable.from([content.bytes]) : (await open(content.path)).createReadStream();
}
