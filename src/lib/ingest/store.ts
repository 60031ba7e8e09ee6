import type { Received } from './received.ts';

/** Where what comes out of a feed is put. */
export interface Store {
  /** Whether what it has taken survives a loss of power, so that it may be said to be stored. */
  readonly keeps: 'durably' | 'no promise';
  /** Takes them all; once it resolves they are as safe as they will be. The same message may come again. */
  put(messages: readonly Received[]): Promise<void>;
}
