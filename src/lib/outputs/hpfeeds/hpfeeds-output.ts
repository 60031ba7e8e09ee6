import { readFileSync } from 'node:fs';
import type { Capture } from '../../capture/capture.ts';
import { publishedPayload, type PayloadShape } from '../../capture/published.ts';
import { FeedFault } from '../../hpfeeds/client/feed-fault.ts';
import type { Publication } from '../../hpfeeds/client/publication.ts';
import type { Publisher } from '../../hpfeeds/client/publisher.ts';
import { formatSize } from '../../text/units.ts';
import { BatchRefused, delivered, Unavailable, type Outcome, type Output } from '../output.ts';
import { Suspicion } from './suspicion.ts';

export interface HpfeedsSettings {
  readonly channels: readonly string[];
  readonly record: PayloadShape;
  readonly sensor: string;
  /** The longest frame that the broker takes. */
  readonly frameLimit: number;
  /** How many records, and how many bytes of them, are confirmed together. */
  readonly batch: number;
  readonly window: number;
}

/** Publishes each capture on every channel. Delivered is what is handed over at the publisher's level. */
export class HpfeedsOutput implements Output {
  readonly name: string;
  readonly #settings: HpfeedsSettings;
  readonly #publisher: Publisher;
  readonly #suspicion = new Suspicion();
  readonly #closing = new AbortController();
  /** What of a batch that comes again is confirmed already. */
  readonly #handed = new Set<string>();

  constructor(name: string, settings: HpfeedsSettings, publisher: Publisher) {
    this.name = name;
    this.#settings = settings;
    this.#publisher = publisher;
  }

  async open(): Promise<void> {
    // The connection is opened with the first batch: a feed that has nothing to say keeps no broker busy.
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    let group = new Group();
    for (const capture of batch) {
      const { id } = capture.facts;
      const publications = this.#handed.has(id) ? [] : this.#publicationsOf(capture);
      outcomes.push(publications ? delivered : this.#tooLong(capture));
      group.add(id, publications ?? []);
      if (group.publications.length < this.#settings.batch && group.bytes < this.#settings.window) continue;
      await this.#hand(group);
      group = new Group();
    }
    await this.#hand(group);
    this.#handed.clear();
    return outcomes;
  }

  async checkpoint(): Promise<void> {
    // Nothing is kept here that power could take.
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#publisher.close();
  }

  /** Undefined when it is longer than the broker takes, on any of the channels: then it goes out on none. */
  #publicationsOf({ facts, content }: Capture): readonly Publication[] | undefined {
    const { channels, record, sensor, frameLimit } = this.#settings;
    // A record is never shorter than its message.
    if (facts.size > frameLimit) return undefined;
    const bytes = content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
    const payload = publishedPayload(facts, bytes, sensor, record);
    const publications = channels.map((channel) => ({ channel, payload, sha256: facts.sha256 }));
    return publications.every((publication) => this.#publisher.fits(publication)) ? publications : undefined;
  }

  #tooLong({ facts }: Capture): Outcome {
    const { frameLimit } = this.#settings;
    const why = `its record does not fit into a frame of ${formatSize(frameLimit)} (the message has ${formatSize(facts.size)})`;
    return { kind: 'refused', why };
  }

  async #hand({ ids, publications }: Group): Promise<void> {
    if (publications.length === 0) return;
    const { signal } = this.#closing;
    try {
      await this.#publisher.hand(publications, signal);
      this.#suspicion.cleared();
      for (const id of ids) this.#handed.add(id);
    } catch (error) {
      if (!(error instanceof FeedFault)) throw error;
      if (error.retryAfterMs !== undefined) throw new Unavailable(error.message, error.retryAfterMs);
      if (!this.#suspicion.falls(error, publications)) throw error;
      // Only a broker that is well, and confirms when nothing is sent, can have something against what was sent.
      await this.#publisher.probe(signal);
      throw new BatchRefused(`the broker ends the connection whenever it is sent: ${error.message}`);
    }
  }
}

/** What is confirmed together. */
class Group {
  readonly ids: string[] = [];
  readonly publications: Publication[] = [];
  bytes = 0;

  add(id: string, publications: readonly Publication[]): void {
    this.ids.push(id);
    for (const publication of publications) {
      this.publications.push(publication);
      this.bytes += publication.payload.length;
    }
  }
}
