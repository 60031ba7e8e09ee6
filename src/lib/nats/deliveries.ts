import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setImmediate } from 'node:timers/promises';
import { unlessAborted } from '../patience.ts';
import type { NatsLink } from './link.ts';

/** What may be taken together. */
export interface Portion {
  readonly messages: number;
  /** One that is larger comes alone. */
  readonly bytes: number;
}

/** A server that gives it out at once would give it to us again, who are about to go. */
const notBefore = 250;

/** What a server sends to a consumer, in portions. */
export class Deliveries {
  /** After that the server takes one that is not confirmed for lost, and gives it to another one. */
  readonly ackWaitMs: number;
  readonly #messages: ConsumerMessages;
  readonly #iterator: AsyncIterator<JsMsg>;
  #next: Promise<IteratorResult<JsMsg, unknown>>;

  constructor(messages: ConsumerMessages, ackWaitMs: number) {
    this.#messages = messages;
    this.ackWaitMs = ackWaitMs;
    this.#iterator = messages[Symbol.asyncIterator]();
    this.#next = this.#ask();
  }

  /** What has come by now, and at least one: nothing waits for what has not. Undefined when nothing more comes. */
  async portion(most: Portion, signal: AbortSignal): Promise<readonly JsMsg[] | undefined> {
    const first = await unlessAborted(signal, this.#next);
    if (first.done) return undefined;
    const portion = [first.value];
    let { length } = first.value.data;
    for (this.#next = this.#ask(); portion.length < most.messages && length < most.bytes; this.#next = this.#ask()) {
      const more = await Promise.race([this.#next.catch(() => undefined), setImmediate()]);
      if (more === undefined || more.done) break;
      portion.push(more.value);
      length += more.value.data.length;
    }
    return portion;
  }

  /** Ends it, and gives back what nobody has looked at: others need not wait until it is missed. */
  async giveBack(link: NatsLink): Promise<void> {
    // What is on its way would be lost with the subscription.
    await link.settle();
    this.#messages.stop();
    try {
      for (let next = await this.#next; !next.done; next = await this.#iterator.next()) next.value.nak(notBefore);
    } catch {
      // It came to a bad end, and whoever asked for a portion was told.
    }
  }

  #ask(): Promise<IteratorResult<JsMsg, unknown>> {
    const next = this.#iterator.next();
    // It may fail while nobody waits for it; whoever asks next is told.
    next.catch(() => undefined);
    return next;
  }
}
