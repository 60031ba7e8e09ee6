import type {
  CommandSeen,
  ContentTraits,
  Envelope,
  ForwardedFacts,
  PeerText,
  SessionEnd,
  TriedCredentials,
} from '../capture/capture.ts';
import type { SmtpLimit } from './limits.ts';

/** What a session asks its surroundings to do, in this order. */
export type Effect =
  /** Whole lines, CRLF included; see peer-text.ts for bytes of the peer that are said back to it. */
  | { readonly do: 'reply'; readonly text: PeerText }
  /** What follows is not to happen before so many milliseconds have passed. */
  | { readonly do: 'wait'; readonly ms: number }
  /** Take up TLS, then tell the session by secured(). */
  | { readonly do: 'startTls' }
  /** The peer tried to log in. */
  | { readonly do: 'tried'; readonly credentials: TriedCredentials }
  /** The first time in this session that a limit is reached. */
  | { readonly do: 'limit'; readonly limit: SmtpLimit }
  | { readonly do: 'open' }
  | { readonly do: 'content'; readonly bytes: Buffer }
  /** The message is complete: keep it, then tell the session by settle(). Until then it takes no further command. */
  | { readonly do: 'finish'; readonly message: FinishedMessage }
  /** What was opened will never be finished. */
  | { readonly do: 'discard' }
  | { readonly do: 'close'; readonly why: SessionEnd };

export interface FinishedMessage {
  readonly envelope: Envelope;
  /** What was declared with MAIL and RCPT beside the addresses. */
  readonly parameters: readonly PeerText[];
  /** The commands since the message before, or since the beginning. */
  readonly commands: readonly CommandSeen[];
  readonly traits: ContentTraits;
  readonly forwarded?: ForwardedFacts | undefined;
}

/** What became of a finished message; of one that was kept, perhaps in somebody else's words. */
export type Settlement =
  | { readonly kept: true; readonly queueId: string; readonly instead?: string | undefined }
  | { readonly kept: false; readonly why: 'full' | 'failed' };
