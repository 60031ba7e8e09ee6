import { isUtf8 } from 'node:buffer';
import type { Received } from './received.ts';
import type { Store } from './store.ts';

/** One JSON object on a line for each message, for jq. What happens to lines afterwards nobody here knows. */
export class Lines implements Store {
  readonly keeps = 'no promise';
  readonly #write: (text: string) => Promise<void>;
  readonly #now: () => string;

  constructor(write: (text: string) => Promise<void>, now: () => string) {
    this.#write = write;
    this.#now = now;
  }

  async put(messages: readonly Received[]): Promise<void> {
    const lines = messages.map((message) => `${JSON.stringify(lineOf(message, this.#now()))}\n`);
    await this.#write(lines.join(''));
  }
}

function lineOf({ channel, ident, bytes, sha256, facts, fault }: Received, time: string): object {
  const msg = isUtf8(bytes) ? { msg: bytes.toString('utf8') } : { msg: bytes.toString('latin1'), enc: 'latin1' };
  return { time, channel, ident, sha256, size: bytes.length, ...(fault !== undefined && { fault }), ...facts, ...msg };
}
