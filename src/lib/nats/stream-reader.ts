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
   * asked again for the rest. When it rejects, or takes none because it wants no more, they are given back.
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

/** So much is handed on together at most. */
const portion = { messages: 256, bytes: 16 * 2 ** 20 };
/** Of a consumer that is made here. */
const ackWaitMs = 60_000;
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
      const deliveries = await this.#consume(link);
      up();
      onUp?.(link.server);
      await this.#takeAll(link, deliveries, signal);
      if (!signal.aborted) throw new NatsFault('lost', `nothing more of the stream ${stream} is taken`);
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
    return new Deliveries(consumer, (config.ack_wait ?? ackWaitMs * perMs) / perMs);
  }

  /** Until the signal, or a fault; or until somebody takes nothing, for he wants no more. */
  async #takeAll(link: NatsLink, deliveries: Deliveries, signal: AbortSignal): Promise<void> {
    try {
      for (let taken = 1; taken > 0;) {
        const some = await deliveries.portion(portion, signal);
        taken = await this.#settings.take(some.map((message) => read(message, link, signal)));
        deliveries.confirm(taken);
        this.#attempt = 0;
      }
    } finally {
      await deliveries.giveBack();
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
