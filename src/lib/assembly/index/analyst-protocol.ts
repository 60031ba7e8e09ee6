import type { FaultDetails } from '../../errors.ts';
import type { IndexRecord } from '../../index/record.ts';
import type { Position } from '../../journal/position.ts';

export interface AnalystStart {
  readonly dataDir: string;
  /** Which entry of the batch is being looked at: written by the thread, watched from outside. */
  readonly at: SharedArrayBuffer;
}

export interface Errand {
  readonly from: Position;
  readonly end: Position;
  /** Entries of this batch, by their number in it, that are not to be taken apart, and why. */
  readonly passedOver: ReadonlyMap<number, string>;
}

export interface Batch {
  readonly records: readonly IndexRecord[];
  readonly next: Position;
  /** Bytes of messages in it. */
  readonly bytes: number;
}

export type AnalystAnswer =
  { readonly batch: Batch } | { readonly fault: Omit<FaultDetails, 'cause'> & { readonly message: string } };
