import { Maildir } from '../maildir/maildir.ts';
import { storeSynced } from '../maildir/store-synced.ts';
import type { Received } from './received.ts';
import type { Store } from './store.ts';

/** A Maildir for mail clients. The name holds the hash, so that a message which comes again is there once. */
export class MailFolder implements Store {
  readonly keeps = 'durably';
  readonly #maildir: Maildir;
  readonly #known = new Set<string>();

  constructor(root: string) {
    this.#maildir = new Maildir(root);
    this.#maildir.directoryOf(undefined);
    for (const name of this.#maildir.names()) this.#remember(name);
  }

  async put(messages: readonly Received[]): Promise<void> {
    for (const { bytes, sha256 } of messages) {
      if (this.#known.has(sha256)) continue;
      const name = `${Math.floor(Date.now() / 1000)}.${sha256}.feed,S=${bytes.length}`;
      await storeSynced(this.#maildir, undefined, name, [bytes]);
      this.#remember(name);
    }
  }

  #remember(name: string): void {
    const sha256 = /^\d+\.([\da-f]{64})\.feed/.exec(name)?.[1];
    if (sha256 !== undefined) this.#known.add(sha256);
  }
}
