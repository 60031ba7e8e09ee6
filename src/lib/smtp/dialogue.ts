import type { PeerText, SessionEnd } from '../capture/capture.ts';
import type { SmtpLimits } from './limits.ts';
import type { Occasion, ReplyWords } from './persona.ts';
import type { Transaction } from './transaction.ts';

export interface SessionCounts {
  readonly commands: number;
  readonly errors: number;
  readonly messages: number;
}

/** What a command may do to the session it is given in. */
export interface Dialogue {
  readonly transaction: Transaction | undefined;
  readonly limits: SmtpLimits;
  readonly counts: SessionCounts;
  say(occasion: Occasion, words?: ReplyWords): void;
  /** As say(), and it counts as an error of the peer's. */
  refuse(occasion: Occasion, words?: ReplyWords): void;
  sayFeatures(): void;
  introduce(protocol: 'SMTP' | 'ESMTP', name: PeerText): void;
  begin(transaction: Transaction): void;
  reset(): void;
  expectContent(): void;
  close(why: SessionEnd): void;
}
