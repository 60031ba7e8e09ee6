import type { Id } from '../../capture/id.ts';
import type { KeptHits } from './rule-hits.ts';
import type { State } from './state-file.ts';

/** Written last: all other files reach at least as far. */
export interface KeptState extends State {
  readonly lastId: Id;
  readonly days: readonly string[];
}

export interface KeptRules extends State {
  readonly lastId: Id;
  readonly hits: KeptHits;
}

/** What the mail of a day shows: a digest of it, and what tells its file from all others. */
export interface Mailed {
  readonly digest: string;
  readonly unique: string;
}

export interface KeptMailed extends State {
  readonly days: readonly (readonly [day: string, mailed: Mailed])[];
}
