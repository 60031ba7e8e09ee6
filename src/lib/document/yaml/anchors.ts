import type { Origin, Written } from '../written.ts';
import { Unreadable } from './unreadable.ts';

export interface Weighed {
  readonly value: Written;
  /** How many values it stands for once its aliases are unfolded. */
  readonly weight: number;
}

export interface Anchors {
  keep(name: string, target: Weighed): void;
  unfold(name: string, origin: Origin): Weighed;
}

// Nine lines of aliases can stand for a billion values. No honest configuration repeats this many.
const mostUnfolded = 10_000;

export function createAnchors(): Anchors {
  const targets = new Map<string, Weighed>();
  let unfolded = 0;
  return {
    keep(name, target) {
      if (name !== '') targets.set(name, target);
    },
    unfold(name, origin) {
      const target = targets.get(name);
      // The name is not repeated: what looks like an alias is often a password that nobody quoted.
      if (target === undefined) {
        const hint = 'put text that begins with "*" in quotes';
        throw new Unreadable(origin, `an alias (*…) refers to nothing that is complete before it; ${hint}`);
      }
      unfolded += target.weight;
      if (unfolded > mostUnfolded) {
        throw new Unreadable(origin, `aliases unfold to more than ${mostUnfolded} values; write them out`);
      }
      return target;
    },
  };
}
