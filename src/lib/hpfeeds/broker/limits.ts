/** What clients of a broker may take. */
export interface BrokerLimits {
  /** Bytes of one published frame, header included. */
  readonly frame: number;
  readonly connections: number;
  readonly perAddress: number;
  readonly perIdentity: number;
  /** Milliseconds in which a client has to say who it is. */
  readonly authTime: number;
  /** Bytes that may wait for one subscriber, and for all of them. */
  readonly backlog: number;
  readonly backlogs: number;
  /** Milliseconds for which a subscriber may have too much waiting. */
  readonly slowFor: number;
}

/**
 * What happens when too much waits for a subscriber: publishers wait with it, for as long as it may be slow; or it
 * misses messages; or it misses them and is sent away after that time.
 */
export type WhenSlow = 'wait' | 'drop' | 'close';
