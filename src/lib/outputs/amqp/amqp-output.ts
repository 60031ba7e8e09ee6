import { readFileSync } from 'node:fs';
import type { Capture } from '../../capture/capture.ts';
import { largestInRecord, publishedPayload, publishedVersion, type PayloadShape } from '../../capture/published.ts';
import { formatSize } from '../../text/units.ts';
import { BatchRefused, delivered, Unavailable, type Outcome, type Output } from '../output.ts';
import { AmqpFault } from './amqp-fault.ts';
import { AmqpLink, type AmqpAccess, type Letter } from './amqp-link.ts';

export interface AmqpSettings {
  readonly access: AmqpAccess;
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  /** Made and bound, so that what is published waits for a consumer that has never come. */
  readonly queue: string | undefined;
  readonly record: PayloadShape;
  readonly sensor: string;
  readonly maxMessage: number;
  readonly confirmMs: number;
  readonly onUp?: (at: { readonly broker: string; readonly address: string; readonly port: number }) => void;
}

/** Credentials that are refused do not get better by being tried again at once. */
const holdOffMs = 60_000;

/** Publishes each capture under every key. Delivered is what the broker has confirmed, and some queue has. */
export class AmqpOutput implements Output {
  readonly name: string;
  readonly #settings: AmqpSettings;
  readonly #closing = new AbortController();
  #link: AmqpLink | undefined;

  constructor(name: string, settings: AmqpSettings) {
    this.name = name;
    this.#settings = settings;
  }

  async open(): Promise<void> {
    // The connection is opened with the first batch: an output that has nothing to say keeps no broker busy.
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    const letters: Letter[] = [];
    const outcomes = batch.map((capture) => {
      const payload = this.#payloadOf(capture);
      if (payload === undefined) return this.#tooLong(capture);
      letters.push(...this.#lettersOf(capture, payload));
      return delivered;
    });
    if (letters.length > 0) await this.#publish(letters);
    return outcomes;
  }

  async checkpoint(): Promise<void> {
    // Nothing is kept here that power could take.
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#link?.close();
  }

  #payloadOf({ facts, content }: Capture): Buffer | undefined {
    const { maxMessage, record, sensor } = this.#settings;
    // A record is never shorter than its message.
    if (facts.size > maxMessage || (record !== 'raw' && facts.size > largestInRecord)) return undefined;
    const bytes = content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
    const payload = publishedPayload(facts, bytes, sensor, record);
    return payload.length > maxMessage ? undefined : payload;
  }

  #lettersOf({ facts }: Capture, payload: Buffer): Letter[] {
    const { exchange, routingKeys, record, sensor } = this.#settings;
    const { id, sha256, receivedAt } = facts;
    const contentType = record === 'raw' ? 'message/rfc822' : 'application/json';
    const headers = { sha256, sensor, v: publishedVersion };
    const timestamp = Math.floor(Date.parse(receivedAt) / 1000);
    return routingKeys.map((key) => ({ exchange, key, payload, id, contentType, headers, timestamp }));
  }

  #tooLong({ facts }: Capture): Outcome {
    const { maxMessage, record } = this.#settings;
    const most = record === 'raw' ? maxMessage : Math.min(maxMessage, largestInRecord);
    const why = `its record is longer than ${formatSize(most)} (the message has ${formatSize(facts.size)})`;
    return { kind: 'refused', why };
  }

  async #publish(letters: readonly Letter[]): Promise<void> {
    try {
      const link = await this.#linkUp();
      await this.#inTime(link, link.publish(letters));
    } catch (error) {
      const channelFault = this.#link?.channelFault;
      this.#link?.destroy();
      this.#link = undefined;
      if (channelFault !== undefined && /PRECONDITION[-_]FAILED.*size/is.test(channelFault)) {
        throw new BatchRefused(`the broker takes no message of that size: ${channelFault}`);
      }
      if (error instanceof AmqpFault && error.kind === 'credentials') throw new Unavailable(error.message, holdOffMs);
      throw error;
    }
  }

  async #linkUp(): Promise<AmqpLink> {
    if (this.#link && this.#link.fault === undefined) return this.#link;
    const { access, exchange, routingKeys, queue, onUp } = this.#settings;
    const link = await AmqpLink.open(access, this.#closing.signal);
    this.#link = link;
    await this.#inTime(link, link.useExchange(exchange));
    if (queue !== undefined) await this.#inTime(link, link.keepIn(queue, exchange, routingKeys));
    onUp?.({ broker: `exchange ${exchange}`, address: access.place.host, port: access.place.port });
    return link;
  }

  // A broker that is short of memory or disk stops reading, and says so. It may also be silent for other reasons.
  async #inTime<Result>(link: AmqpLink, work: Promise<Result>): Promise<Result> {
    const { confirmMs } = this.#settings;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(late(link.blocked, confirmMs)), confirmMs);
    const giveUp = () => reject(new AmqpFault('lost', 'the connection was closed by us'));
    this.#closing.signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([work, promise]);
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', giveUp);
      // It has been given up, and what becomes of it is of no interest.
      work.catch(() => undefined);
    }
  }
}

function late(blocked: string | undefined, ms: number): AmqpFault {
  if (blocked === undefined) return new AmqpFault('timeout', `the broker did not confirm a batch within ${ms} ms`);
  return new AmqpFault('blocked', `the broker takes nothing at the moment (${blocked}): give it memory or disk`);
}
