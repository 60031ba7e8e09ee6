import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopCounter } from '../../../src/lib/outputs/daybook/top-counter.ts';

// Few values are frequent and many come once or twice, as it is with addresses.
const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 60 })).map(String), {
  maxLength: 400,
});
const capacities = fc.integer({ min: 1, max: 12 });

function countOf(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function counterOf(capacity: number, all: readonly string[]): TopCounter {
  const counter = new TopCounter(capacity);
  for (const value of all) counter.add(value);
  return counter;
}

describe('a counter of the most frequent', () => {
  it('is never too low, too high by no more than it says, and misses nothing frequent', () => {
    fc.assert(
      fc.property(capacities, values, (capacity, all) => {
        const truth = countOf(all);
        const { total, counts } = counterOf(capacity, all).kept();
        expect(total).toBe(all.length);
        expect(counts.length).toBe(Math.min(capacity, truth.size));
        for (const [value, count, over] of counts) {
          const real = truth.get(value) ?? 0;
          expect(count).toBeGreaterThanOrEqual(real);
          expect(count - over).toBeLessThanOrEqual(real);
          expect(over).toBeLessThanOrEqual(all.length / capacity);
        }
        const kept = new Set(counts.map(([value]) => value));
        for (const [value, count] of truth) if (count > all.length / capacity) expect(kept).toContain(value);
      }),
    );
  });

  it('counts exactly while there are no more values than it has room for', () => {
    fc.assert(
      fc.property(values, (all) => {
        const { counts } = counterOf(64, all).kept();
        expect(new Map(counts.map(([value, count]) => [value, count]))).toEqual(countOf(all));
        expect(counts.every(([, , over]) => over === 0)).toBe(true);
      }),
    );
  });

  it('goes on after a restart as if there had been none', () => {
    fc.assert(
      fc.property(capacities, values, values, (capacity, before, after) => {
        const restored = TopCounter.restore(
          JSON.parse(JSON.stringify(counterOf(capacity, before).kept())) as ReturnType<TopCounter['kept']>,
        );
        for (const value of after) restored.add(value);
        expect(restored.kept()).toEqual(counterOf(capacity, [...before, ...after]).kept());
      }),
    );
  });
});
