import type { FaultDetails } from '../../errors.ts';
import type { IndexRecord } from '../../index/record.ts';
import type { Position } from '../../journal/position.ts';

export interface Errand {
  readonly dataDir: string;
  readonly from: Position;
  readonly end: Position;
  /** At most so many entries. */
  readonly most: number;
  /** Why the next entry is not to be taken apart, where it has been tried. */
  readonly passOver: string | undefined;
}

export interface Batch {
  readonly records: readonly IndexRecord[];
  readonly next: Position;
}

export type AnalystAnswer =
  { readonly batch: Batch } | { readonly fault: Omit<FaultDetails, 'cause'> & { readonly message: string } };

/** It says that it is there before it is asked anything. */
export type FromAnalyst = 'ready' | AnalystAnswer;
