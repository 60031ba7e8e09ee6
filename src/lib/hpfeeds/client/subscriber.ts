import { setTimeout } from 'node:timers/promises';
import { FeedFault } from './feed-fault.ts';
import { HoldOff } from './hold-off.ts';
import { Link, type LinkSettings, type Message } from './link.ts';

export interface SubscriberSettings extends LinkSettings {
  readonly channels: readonly string[];
  /**
   * Takes what has come since the last call, in order. The next call waits for its promise. What it publishes goes out
   * on the link by which the messages came, as long as that is up.
   */
  readonly take: (messages: readonly Message[], publish: Publish) => Promise<void>;
  readonly onUp?: (link: { readonly broker: string; readonly address: string; readonly port: number }) => void;
  readonly onDown?: (fault: FeedFault, retryInMs: number) => void;
  /** What to do about credentials that are refused: try again after a while, or give up. */
  readonly whenRefused: 'retry' | 'give up';
  readonly now: () => number;
  readonly random: () => number;
}

export type Publish = (channel: string, payload: Buffer) => void;

const firstRetry = 250;
const longestRetry = 30_000;
/** So much may wait to be taken before the broker has to wait too. */
const windowCount = 1_000;
const windowBytes = 16 * 2 ** 20;

/** Stays subscribed, across any number of connections, until it is told to stop. */
export class Subscriber {
  readonly #settings: SubscriberSettings;
  readonly #holdOff: HoldOff;

  constructor(settings: SubscriberSettings) {
    this.#settings = settings;
    this.#holdOff = new HoldOff(settings.now);
  }

  /** Resolves when the signal says so and everything that came is taken. Rejects with what no retry would mend. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      const startedAt = this.#settings.now();
      const fault = await this.#listen(signal);
      if (fault === undefined || signal.aborted) return;
      if (this.#settings.whenRefused === 'give up' && isFinal(fault)) throw fault;
      if (this.#settings.now() - startedAt > longestRetry) attempt = 1;
      await this.#rest(this.#holdOff.failed(fault) as FeedFault, attempt, signal);
    }
  }

  /** One connection, from its beginning to its end. Returns why it ended; undefined when we ended it. */
  async #listen(signal: AbortSignal): Promise<FeedFault | undefined> {
    const { channels, take, onUp } = this.#settings;
    let link: Link;
    try {
      link = await Link.open(this.#settings, signal);
    } catch (error) {
      if (error instanceof FeedFault) return error;
      if (signal.aborted) return undefined;
      throw error;
    }
    onUp?.({ broker: link.broker, ...link.at });
    const inbox = new Inbox(link, signal);
    for (const channel of channels) link.subscribe(channel);
    try {
      for (let messages; (messages = await inbox.next()) !== undefined;) {
        await take(messages, (channel, payload) => link.publish({ channel, payload }));
        this.#holdOff.succeeded();
      }
      // What was said of the last messages has to arrive too.
      if (link.fault === undefined) await link.written().catch(() => undefined);
      return signal.aborted ? undefined : link.fault;
    } finally {
      inbox.close();
      link.close();
    }
  }

  async #rest(fault: FeedFault, attempt: number, signal: AbortSignal): Promise<void> {
    const { random, onDown } = this.#settings;
    const most = Math.min(firstRetry * 2 ** (attempt - 1), longestRetry);
    const ms = fault.retryAfterMs ?? Math.round(most * (0.5 + random() / 2));
    onDown?.(fault, ms);
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  }
}

/** What has come on a link and is not taken yet. The broker waits while there is too much of it. */
class Inbox {
  readonly #link: Link;
  readonly #signal: AbortSignal;
  readonly #awake = () => this.#wake();
  #messages: Message[] = [];
  #bytes = 0;
  #wake: () => void = () => undefined;

  constructor(link: Link, signal: AbortSignal) {
    this.#link = link;
    this.#signal = signal;
    link.onMessage = (message) => this.#put(message);
    void link.ended.then(this.#awake);
    signal.addEventListener('abort', this.#awake);
  }

  /** Undefined when the link has ended, or it is time to stop, and everything is taken. */
  async next(): Promise<readonly Message[] | undefined> {
    while (this.#messages.length === 0) {
      if (this.#link.fault !== undefined || this.#signal.aborted) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    this.#link.resume();
    return messages;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#awake);
  }

  #put(message: Message): void {
    this.#messages.push(message);
    this.#bytes += message.payload.length;
    if (this.#messages.length >= windowCount || this.#bytes >= windowBytes) this.#link.pause();
    this.#wake();
  }
}

function isFinal({ kind }: FeedFault): boolean {
  return kind === 'credentials' || kind === 'subscribe denied';
}
