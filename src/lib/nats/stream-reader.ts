import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { NatsAccess } from './access.ts';
import { NatsLink } from './link.ts';
import { headerNames, type HeaderName } from './message.ts';
import { NatsFault, natsFaultOf } from './nats-fault.ts';
import { Objects } from './objects.ts';
import { copiesFor } from './stream.ts';

export interface StreamReaderSettings {
  readonly access: NatsAccess;
  readonly stream: string;
  /** The durable consumer: whoever names the same one shares the work. */
  readonly consumer: string;
  /**
   * Takes what has come, in order, and resolves with how many of the first it has taken: these are confirmed. The rest
   * comes again, and all of them when it rejects.
   */
  readonly take: (messages: readonly StreamMessage[]) => Promise<number>;
  readonly onUp?: (server: NatsLink['server']) => void;
  readonly onDown?: (fault: Error, retryInMs: number) => void;
  readonly random: () => number;
}

/** A message out of a stream. */
export interface StreamMessage {
  readonly subject: string;
  readonly payload: Buffer;
  header(name: HeaderName): string | undefined;
  /** The bytes to which it only refers; undefined when they are not there any more. */
  object(): Promise<Buffer | undefined>;
}

/** So many are handed on together at most, and so many wait here. */
const window = 256;
/** After that the server takes it for lost, and gives it to another one. */
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

  constructor(settings: StreamReaderSettings) {
    this.#settings = settings;
  }

  /** Resolves when the signal says so and everything that came is taken. Rejects with what no retry would mend. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, onDown } = this.#settings;
    let wasUp = false;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#read(signal, () => {
          wasUp = true;
          attempt = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        // A cluster that is about to start may know neither us nor its streams for a moment.
        if (!wasUp && error instanceof NatsFault && final.has(error.kind)) throw error;
        const ms = Math.round(Math.min(firstRetry * 2 ** attempt, longestRetry) * (0.5 + random() / 2));
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
      const messages = await this.#consume(link);
      const stop = () => messages.stop();
      signal.addEventListener('abort', stop, { once: true });
      up();
      onUp?.(link.server);
      try {
        await this.#takeAll(link, messages, signal);
      } finally {
        signal.removeEventListener('abort', stop);
        messages.stop();
      }
      // What was confirmed has to arrive too.
      await link.connection.flush();
      if (!signal.aborted) throw new NatsFault('lost', `the stream ${stream} gives nothing more`);
    } catch (error) {
      throw natsFaultOf(error, `the stream ${stream} cannot be read`);
    } finally {
      await link.close();
    }
  }

  async #consume(link: NatsLink): Promise<ConsumerMessages> {
    const { AckPolicy, DeliverPolicy } = await import('./library.ts');
    const { stream, consumer: name } = this.#settings;
    // Everything that the stream still has; one that is there already is taken as it is.
    const known = await link.manager.consumers.info(stream, name).catch(() => undefined);
    if (!known) {
      await link.manager.consumers.add(stream, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: ackWaitMs * perMs,
        max_ack_pending: mostPending,
        num_replicas: copiesFor(link, undefined),
      });
    }
    const consumer = await link.jetstream.consumers.get(stream, name);
    return consumer.consume({ max_messages: window, abort_on_missing_resource: true });
  }

  async #takeAll(link: NatsLink, messages: ConsumerMessages, signal: AbortSignal): Promise<void> {
    const iterator = messages[Symbol.asyncIterator]();
    let next = iterator.next();
    for (;;) {
      const first = await next;
      if (first.done) return;
      const batch = [first.value];
      for (next = iterator.next(); batch.length < window; next = iterator.next()) {
        // What has come by now is taken together; nothing waits for what has not.
        const more = await Promise.race([next, setImmediate()]);
        if (more === undefined || more.done) break;
        batch.push(more.value);
      }
      await this.#take(link, batch, signal);
    }
  }

  async #take(link: NatsLink, batch: readonly JsMsg[], signal: AbortSignal): Promise<void> {
    let taken = 0;
    try {
      taken = await this.#settings.take(batch.map((message) => read(message, link, signal)));
    } finally {
      for (const message of batch.slice(0, taken)) message.ack();
      // Others may have better luck with it, and so may we.
      for (const message of batch.slice(taken)) message.nak(firstRetry);
    }
  }
}

function read(message: JsMsg, link: NatsLink, signal: AbortSignal): StreamMessage {
  const header = (name: HeaderName) => message.headers?.get(headerNames[name]) || undefined;
  return {
    subject: message.subject,
    payload: Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length),
    header,
    async object() {
      const [, bucket, name] = /^([\w-]+)\/(.+)$/s.exec(header('object') ?? '') ?? [];
      if (bucket === undefined || name === undefined) return undefined;
      return (await Objects.open(link, bucket)).get(name, signal);
    },
  };
}
