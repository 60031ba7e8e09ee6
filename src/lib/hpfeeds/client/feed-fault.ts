/** At which step a conversation with a broker failed. */
export type FeedFaultKind =
  | 'resolve'
  | 'connect'
  | 'tls'
  | 'greeting'
  | 'credentials'
  | 'publish denied'
  | 'subscribe denied'
  | 'refused'
  | 'wire'
  | 'lost'
  | 'ended'
  | 'timeout';

export interface FeedFaultDetails {
  /** The channel that is not allowed. */
  readonly channel?: string;
  /** Before that it is no use to try again. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Why a broker cannot be used now. Its text may hold words of the broker, which may be any. */
export class FeedFault extends Error {
  override readonly name = 'FeedFault';
  readonly kind: FeedFaultKind;
  readonly channel: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: FeedFaultKind, message: string, { channel, retryAfterMs, cause }: FeedFaultDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.channel = channel;
    this.retryAfterMs = retryAfterMs;
  }
}
