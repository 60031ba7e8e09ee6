import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setImmediate } from 'node:timers/promises';
import { unlessAborted, within } from '../patience.ts';
import { NatsFault } from './nats-fault.ts';

/** What may be taken together. */
export interface Portion {
  readonly messages: number;
  /** One that is larger comes alone. */
  readonly bytes: number;
}

/** Of one request: so many are here at most. It ends by itself, and then nothing is on its way any more. */
const wanted = { max_messages: 256, expires: 2_000 };
/** Unless nobody is there to end it. */
const ending = { ms: 3_000, late: () => new NatsFault('timeout', 'the server does not end a request') };
/** Well before the server takes a message for lost it is told that somebody is at it still. */
const cautious = 1 / 3;

/** Messages of one request, of which the next is always waited for. */
interface Request {
  readonly iterator: AsyncIterator<JsMsg>;
  next: Promise<IteratorResult<JsMsg, unknown>>;
}

/**
 * What a server sends to a consumer, asked for request by request. Whoever gives up a request before its end loses what
 * is on its way, and its server gives that to nobody else until it misses it; so each comes to its end.
 */
export class Deliveries {
  readonly #consumer: Consumer;
  readonly #working: NodeJS.Timeout;
  /** What has come, and is not confirmed. */
  #held: JsMsg[] = [];
  #request: Request | undefined;

  constructor(consumer: Consumer, ackWaitMs: number) {
    this.#consumer = consumer;
    this.#working = setInterval(() => this.#held.forEach((message) => message.working()), ackWaitMs * cautious);
  }

  /** The first of what has come by now, and at least one. Nothing waits for what has not. */
  async portion(most: Portion, signal: AbortSignal): Promise<readonly JsMsg[]> {
    do {
      signal.throwIfAborted();
      if (!this.#request && this.#held.length === 0) this.#open(await this.#consumer.fetch(wanted));
      await this.#gather(signal);
    } while (this.#held.length === 0);
    let bytes = 0;
    const end = this.#held.findIndex((message) => (bytes += message.data.length) >= most.bytes);
    return this.#held.slice(0, Math.min(most.messages, end === -1 ? Infinity : end + 1));
  }

  /** So many of the first are where they have to be. */
  confirm(count: number): void {
    for (const message of this.#held.splice(0, count)) message.ack();
  }

  /** Gives back what is not confirmed: others need not wait until the server misses it. */
  async giveBack(): Promise<void> {
    // Where it comes to a bad end, what was on its way may be missed.
    if (this.#request) await within(ending, this.#rest(this.#request)).catch(() => undefined);
    clearInterval(this.#working);
    for (const message of this.#held.splice(0)) message.nak();
  }

  async #rest({ iterator, next }: Request): Promise<void> {
    for (let more = await next; !more.done; more = await iterator.next()) this.#held.push(more.value);
  }

  #open(messages: ConsumerMessages): void {
    const iterator = messages[Symbol.asyncIterator]();
    this.#request = { iterator, next: asked(iterator) };
  }

  /** Takes in what has come; waits for it where nothing is here. */
  async #gather(signal: AbortSignal): Promise<void> {
    while (this.#request) {
      const { iterator, next } = this.#request;
      const waiting = this.#held.length === 0 ? next : Promise.race([next, setImmediate()]);
      const more = await unlessAborted(signal, waiting);
      if (more === undefined) return;
      if (more.done) this.#request = undefined;
      else {
        this.#held.push(more.value);
        this.#request.next = asked(iterator);
      }
    }
  }
}

/** It may fail while nobody waits for it; whoever waits next is told. */
function asked(iterator: AsyncIterator<JsMsg>): Promise<IteratorResult<JsMsg, unknown>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}
