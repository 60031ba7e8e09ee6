import type { FaultList } from '../../document/faults.ts';
import type { Layer } from '../layer.ts';
import type { Machine } from '../machine.ts';
import type { Written } from '../../document/written.ts';

export interface Sources {
  readonly file: Written | undefined;
  /** What overrides the file, the strongest last. */
  readonly layers: readonly Layer[];
  readonly machine: Machine;
}

/** The sources, and what is learned while they are read. */
export interface Settling extends Sources {
  readonly faults: FaultList;
  readonly origins: Map<string, string>;
}
