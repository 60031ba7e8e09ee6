import type { ForwardedFacts, PeerText, SessionEnd } from '../capture/capture.ts';
import type { Chunk } from './chunk.ts';
import type { SmtpLimit, SmtpLimits } from './limits.ts';
import type { Grammar } from './grammar.ts';
import type { AnyOccasion, RareOccasion, ReplyWords } from './persona.ts';
import type { Ruled, SessionHook, SessionMoment } from './ruling.ts';
import type { Transaction } from './transaction.ts';

export interface SessionCounts {
  readonly commands: number;
  readonly errors: number;
  readonly messages: number;
}

/** Where a session stands with TLS. */
export type TlsState = 'none' | 'offered' | 'active';

/** Where it stands with logging in. */
export type AuthState = 'disabled' | 'needsTls' | 'offered' | 'done';

/** What a command may do to the session it is given in. */
export interface Dialogue {
  readonly transaction: Transaction | undefined;
  readonly grammar: Grammar;
  readonly limits: SmtpLimits;
  readonly counts: SessionCounts;
  readonly tls: TlsState;
  readonly auth: AuthState;
  /** Whether the peer has said who it is, and in which way. */
  readonly introducedWith: 'HELO' | 'EHLO' | 'LHLO' | undefined;
  /** Whether the message under way comes in chunks. */
  readonly hasChunks: boolean;
  /** Asks whoever else has a word to say, and says it. What is given holds beside what the session knows already. */
  ask(hook: SessionHook, given?: () => Partial<SessionMoment>): Ruled;
  knows(occasion: RareOccasion): boolean;
  say(occasion: AnyOccasion, words?: ReplyWords): void;
  /** The last refusal of a recipient since the last message, without its line end. */
  readonly lastRejected: string | undefined;
  refuseRecipient(occasion: AnyOccasion, words?: ReplyWords): void;
  /** As say(), because a limit is reached. */
  refuseFor(limit: SmtpLimit, occasion: AnyOccasion, words?: ReplyWords): void;
  sayFeatures(): void;
  introduce(verb: 'HELO' | 'EHLO' | 'LHLO', name: PeerText): void;
  begin(transaction: Transaction): void;
  reset(): void;
  expectContent(): void;
  /** The bytes of the chunk come next; they belong to no message when there is none that could take them. */
  expectChunk(chunk: Chunk): void;
  authenticate(mechanism: string, initial: PeerText | undefined): void;
  startTls(): void;
  forward(facts: ForwardedFacts): void;
  takes(recipient: PeerText): boolean;
  close(why: SessionEnd): void;
}
