import type { Need } from './peers/need.ts';

export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the result. */
export interface Row {
  /** `group/what`, to be named on the command line. */
  readonly name: string;
  readonly about: string;
  /** What `value` is counted in; `x` for the ratio of ours to the peer's. */
  readonly unit: string;
  /** What `ours` and `peer` are counted in, where the value is made of two. */
  readonly partsUnit?: string;
  /** A row without a target is there for comparison. */
  readonly target?: Target;
  readonly needs: readonly Need[];
}

/** What one round says about one row. */
export interface Measured {
  readonly value: number;
  readonly ours?: number;
  readonly peer?: number;
}

export function ratio(ours: number, peer: number): Measured {
  return { value: ours / peer, ours, peer };
}

export function isMet(target: Target, value: number): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}
