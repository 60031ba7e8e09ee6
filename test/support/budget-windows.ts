import { expect } from 'vitest';
import { metersOf, type Attempt, type Limits } from '../../src/lib/probe/budget/limits.ts';

/** Holds sends against every limit, in every window that ends with one of them. */
export function expectWithin(limits: Limits, sends: readonly Attempt[]): void {
  for (const { limit, window, most, key, amount } of metersOf(limits)) {
    for (const { at: end } of sends) {
      const sums = new Map<string, number>();
      for (const send of sends) {
        if (send.at > end || send.at <= end - window) continue;
        sums.set(key(send), (sums.get(key(send)) ?? 0) + amount(send));
      }
      for (const [whose, sum] of sums) expect(sum, `${limit} ${whose}`).toBeLessThanOrEqual(most);
    }
  }
}
