import type { WorkFolder } from './machine/work-folder.ts';
import type { Pace } from './pace.ts';
import type { Measured, Row } from './row.ts';

/** Rows that are measured together, because they share a load or a server. */
export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
  /** For what takes long by its nature and is no ratio: measured in the first round only, and not in a quick look. */
  readonly isLong?: boolean;
  measure(round: Round): Promise<ReadonlyMap<string, Measured>>;
}

export interface Round {
  /** Names of the rows that are wanted and can be measured. */
  readonly rows: ReadonlySet<string>;
  readonly pace: Pace;
  readonly work: WorkFolder;
  /** Tells whoever waits what was just measured. */
  readonly say: (text: string) => void;
}
