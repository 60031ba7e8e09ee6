import { receiptsChannel } from '../hpfeeds/capability.ts';
import type { Message } from '../hpfeeds/client/link.ts';
import type { Publish } from '../hpfeeds/client/subscriber.ts';
import { encodeReceipts } from '../hpfeeds/receipt.ts';
import { received, type Received } from './received.ts';
import type { Store } from './store.ts';

export interface IngestNotice {
  readonly message: Received;
  readonly fault: string;
}

/** Puts what comes into a store and says so to whoever published it: once it is stored, and only then. */
export class Ingest {
  readonly #store: Store;
  readonly #notify: (notice: IngestNotice) => void;

  constructor(store: Store, notify: (notice: IngestNotice) => void) {
    this.#store = store;
    this.#notify = notify;
  }

  async take(messages: readonly Message[], publish: Publish): Promise<void> {
    const all = messages.map(({ channel, ident, payload }) => received(channel, ident, payload));
    await this.keep(all);
    if (this.#store.keeps === 'durably') this.#confirm(all, publish);
  }

  /** Once it resolves they are stored, and whoever brought them may be told so. */
  async keep(all: readonly Received[]): Promise<void> {
    await this.#store.put(all);
    for (const message of all) if (message.fault !== undefined) this.#notify({ message, fault: message.fault });
  }

  // What does not have the hash that it claims is kept, but it is not what somebody waits for.
  #confirm(all: readonly Received[], publish: Publish): void {
    const byChannel = Map.groupBy(
      all.filter(({ fault }) => fault === undefined),
      ({ channel }) => channel,
    );
    for (const [channel, messages] of byChannel) {
      const sha256 = messages.map((message) => message.sha256);
      for (const receipt of encodeReceipts({ channel, sha256 })) publish(receiptsChannel, receipt);
    }
  }
}
