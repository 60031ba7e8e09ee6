import type { JsMsg } from '@nats-io/jetstream';
import { setTimeout } from 'node:timers/promises';
import type { NatsAccess } from './access.ts';
import { Deliveries } from './deliveries.ts';
import { NatsLink } from './link.ts';
import { headerNames, type HeaderName } from './message.ts';
import { NatsFault, natsFaultOf } from './nats-fault.ts';
import { Objects, type Missing } from './objects.ts';

export interface StreamReaderSettings {
  readonly access: NatsAccess;
  readonly stream: string;
  /** The durable consumer: whoever names the same one shares the work. */
  readonly consumer: string;
  /**
   * Takes what has come, in order, and resolves with how many of the first it has taken: these are confirmed, and it is
   * asked again for the rest. When it rejects, or takes none, they all come again a little later.
   */
  readonly take: (messages: readonly StreamMessage[]) => Promise<number>;
  readonly onUp?: (server: NatsLink['server']) => void;
  readonly onDown?: (fault: Error, retryInMs: number) => void;
  /** For how long a fault of whoever takes forbids another attempt. */
  readonly holdOff?: (fault: Error) => number | undefined;
  readonly random: () => number;
}

/** A message out of a stream. */
export interface StreamMessage {
  readonly subject: string;
  readonly payload: Buffer;
  header(name: HeaderName): string | undefined;
  /** The bytes to which it only refers. */
  object(): Promise<Buffer | Missing>;
}

/** So many are handed on together at most, and so many wait here. */
const window = 256;
const portion = { messages: window, bytes: 16 * 2 ** 20 };
/** Of a consumer that is made here. */
const ackWaitMs = 60_000;
/** Well before the server takes a message for lost it is told that somebody is at it still. */
const cautious = 1 / 3;
/** Unconfirmed at once, by all who share the consumer. */
const mostPending = 4_096;
const firstRetry = 250;
const longestRetry = 15_000;
const perMs = 1_000_000;
/** What no further attempt would mend. */
const final: ReadonlySet<string> = new Set(['credentials', 'permission', 'tls']);

/** Reads a stream by a durable consumer, across any number of connections, until it is told to stop. */
export class StreamReader {
  readonly #settings: StreamReaderSettings;
  /** Since something was taken, or nothing went wrong for a while. */
  #attempt = 0;

  constructor(settings: StreamReaderSettings) {
    this.#settings = settings;
  }

  /** Resolves when the signal says so and what is being taken is taken. Rejects with what no retry would mend. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, onDown, holdOff } = this.#settings;
    let wasUp = false;
    while (!signal.aborted) {
      const since = performance.now();
      try {
        await this.#read(signal, () => (wasUp = true));
      } catch (error) {
        if (signal.aborted) return;
        if (performance.now() - since > longestRetry) this.#attempt = 0;
        // A cluster that is about to start may know neither us nor its streams for a moment.
        if (!wasUp && error instanceof NatsFault && final.has(error.kind)) throw error;
        const pause = Math.min(firstRetry * 2 ** this.#attempt++, longestRetry) * (0.5 + random() / 2);
        const ms = Math.round(Math.max(pause, holdOff?.(error as Error) ?? 0));
        onDown?.(error as Error, ms);
        await setTimeout(ms, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One connection, from its beginning to its end. */
  async #read(signal: AbortSignal, up: () => void): Promise<void> {
    const { access, stream, onUp } = this.#settings;
    const link = await NatsLink.open(access, signal);
    try {
      let deliveries = await this.#consume(link);
      up();
      onUp?.(link.server);
      while ((await this.#takeAll(link, deliveries, signal)) === 'too slow') deliveries = await this.#consume(link);
      throw new NatsFault('lost', `the stream ${stream} gives nothing more`);
    } catch (error) {
      throw natsFaultOf(error, `the stream ${stream} cannot be read`);
    } finally {
      // What was confirmed has to arrive too, and what was given back.
      await link.settle();
      await link.close();
    }
  }

  async #consume(link: NatsLink): Promise<Deliveries> {
    const { AckPolicy, DeliverPolicy } = await import('./library.ts');
    const { stream, consumer: name } = this.#settings;
    // Everything that the stream still has; one that is there already is taken as it is.
    const known = await link.manager.consumers.info(stream, name).catch(() => undefined);
    // With as many copies as its stream: some streams take no other number.
    const made = () =>
      link.manager.consumers.add(stream, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: ackWaitMs * perMs,
        max_ack_pending: mostPending,
      });
    const { config } = known ?? (await made());
    const consumer = await link.jetstream.consumers.get(stream, name);
    const messages = await consumer.consume({ max_messages: window, abort_on_missing_resource: true });
    return new Deliveries(messages, { window, ackWaitMs: (config.ack_wait ?? ackWaitMs * perMs) / perMs });
  }

  /** What waits here longer than the server waits is given to others: where that is near, all begins anew. */
  async #takeAll(link: NatsLink, deliveries: Deliveries, signal: AbortSignal): Promise<'all' | 'too slow'> {
    const workingEvery = deliveries.serving.ackWaitMs * cautious;
    try {
      for (;;) {
        const batch = await deliveries.portion(portion, signal);
        if (batch === undefined) return 'all';
        await this.#take(link, batch, { workingEvery, signal });
        if (deliveries.waitedMs > workingEvery) return 'too slow';
      }
    } finally {
      await deliveries.giveBack(link);
    }
  }

  async #take(
    link: NatsLink,
    batch: readonly JsMsg[],
    { workingEvery, signal }: { workingEvery: number; signal: AbortSignal },
  ): Promise<void> {
    let rest = batch;
    const working = setInterval(() => rest.forEach((message) => message.working()), workingEvery);
    try {
      while (rest.length > 0 && !signal.aborted) {
        const taken = await this.#settings.take(rest.map((message) => read(message, link, signal)));
        for (const message of rest.slice(0, taken)) message.ack();
        rest = rest.slice(taken);
        this.#attempt = 0;
        // Who takes none of it wants no more.
        if (taken === 0) return;
      }
    } finally {
      clearInterval(working);
      // Others may have better luck with it, and so may we.
      for (const message of rest) message.nak(firstRetry);
    }
  }
}

function read(message: JsMsg, link: NatsLink, signal: AbortSignal): StreamMessage {
  const header = (name: HeaderName) => headerOf(message, headerNames[name]);
  return {
    subject: message.subject,
    payload: Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length),
    header,
    async object() {
      const [, bucket, name] = /^([\w-]+)\/(.+)$/s.exec(header('object') ?? '') ?? [];
      if (bucket === undefined || name === undefined) return 'gone';
      return (await Objects.find(link, bucket))?.get(name, signal) ?? 'gone';
    },
  };
}

/** Undefined also where headers are none that NATS could have: whoever publishes may write anything. */
function headerOf(message: JsMsg, name: string): string | undefined {
  try {
    return message.headers?.get(name) || undefined;
  } catch {
    return undefined;
  }
}
