import type { Envelope, PeerText, SessionEnd } from '../capture/capture.ts';

/** What a session asks its surroundings to do. */
export type Effect =
  /** Whole lines, CRLF included; see peer-text.ts for bytes of the peer that are said back to it. */
  | { readonly do: 'reply'; readonly text: PeerText }
  | { readonly do: 'open' }
  | { readonly do: 'content'; readonly bytes: Buffer }
  /** The message is complete: keep it, then tell the session by settle(). Until then it takes no further command. */
  | { readonly do: 'finish'; readonly envelope: Envelope; readonly parameters: readonly PeerText[] }
  /** What was opened will never be finished. */
  | { readonly do: 'discard' }
  | { readonly do: 'close'; readonly why: SessionEnd };

/** What became of a finished message. */
export type Settlement =
  { readonly kept: true; readonly queueId: string } | { readonly kept: false; readonly why: 'full' | 'failed' };
