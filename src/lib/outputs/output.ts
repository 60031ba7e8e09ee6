import type { Capture } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';

/** What became of one capture at an output. */
export type Outcome = { readonly kind: 'delivered' } | { readonly kind: 'refused'; readonly why: string };

export const delivered: Outcome = { kind: 'delivered' };

/** Where captures are handed on. The dispatcher drives it; it never looks into the journal itself. */
export interface Output {
  readonly name: string;

  /**
   * Gets ready. `after` is the newest id that is known to be delivered; what comes after it may have been delivered
   * already, if the process died before it could say so.
   */
  open(after: Id | undefined): Promise<void>;

  /**
   * Hands the captures on, in their order, and says for each what became of it. It throws when that cannot be said
   * now: then the whole batch comes again. It throws BatchRefused when one of them is at fault and it is not known
   * which.
   */
  deliver(batch: readonly Capture[]): Promise<readonly Outcome[]>;

  /** Makes everything delivered so far safe against power loss. */
  checkpoint(): Promise<void>;

  close(): Promise<void>;
}

/** The other side refused a batch without naming the culprit. */
export class BatchRefused extends Error {
  override readonly name = 'BatchRefused';
}
