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

/** How a consumer is served. */
export interface Serving {
  /** So many wait here at most, before they are handed out. */
  readonly window: number;
  /** After that the server takes a message that is not confirmed for lost, and gives it to another one. */
  readonly ackWaitMs: number;
}

/** What a server sends to a consumer, in portions. */
export class Deliveries {
  readonly serving: Serving;
  readonly #messages: ConsumerMessages;
  readonly #iterator: AsyncIterator<JsMsg>;
  #next: Promise<IteratorResult<JsMsg, unknown>>;
  /** Since nothing was left waiting: when portions were handed out, and how many messages by then. */
  #handedOut: { readonly at: number; readonly total: number }[] = [];

  constructor(messages: ConsumerMessages, serving: Serving) {
    this.#messages = messages;
    this.serving = serving;
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
      if (more === undefined || more.done) {
        this.#handedOut = [];
        break;
      }
      portion.push(more.value);
      length += more.value.data.length;
    }
    const total = (this.#handedOut.at(-1)?.total ?? 0) + portion.length;
    this.#handedOut.push({ at: performance.now(), total });
    // More is asked for as these are handed out, so twice the window lies between asking and handing out.
    this.#handedOut = this.#handedOut.filter((past) => past.total > total - 2 * this.serving.window);
    return portion;
  }

  /** For how long something may have waited here, or with whoever has the last portion, at most. */
  get waitedMs(): number {
    const now = performance.now();
    return now - (this.#handedOut[0]?.at ?? now);
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
