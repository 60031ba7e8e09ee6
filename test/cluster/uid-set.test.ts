import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UidSet } from '../../src/lib/cluster/uid-set.ts';

const written = (uids: readonly (number | string)[]) => {
  const set = new UidSet();
  for (const uid of uids) set.add(String(uid));
  return set.write(1_000_000);
};

describe('uids of a folder', () => {
  it('are written as ranges, whatever the order in which they came', () => {
    expect(written([5, 3, 4, 1, 9, 10, 2]).numbers).toBe('1:5,9:10');
    expect(written([7]).numbers).toBe('7');
    expect(written([]).numbers).toBe('');
    expect(written(['3', '1', '2', '2', 'b1', 'a', '007'])).toEqual({ numbers: '1:3', words: ['b1', 'a', '007'] });
  });

  it('are those of a set of single numbers, whatever is added, written and read', () => {
    for (let round = 0; round < 200; round++) {
      const model = new Set<number>();
      let set = new UidSet();
      for (let step = 0; step < 120; step++) {
        const uid = randomInt(1, 90);
        model.add(uid);
        set.add(String(uid));
        if (step % 17 === 0) set = UidSet.from(set.write(1_000_000));
        if (step % 23 === 0) {
          const other = new UidSet();
          for (let more = 0; more < 5; more++) {
            const also = randomInt(1, 90);
            model.add(also);
            other.add(String(also));
          }
          set.addAll(other);
        }
      }
      const all = Array.from({ length: 100 }, (_, uid) => uid);
      expect(all.filter((uid) => set.has(String(uid)))).toEqual([...model].sort((one, other) => one - other));
      expect(set.size).toBe(model.size);
    }
  });

  it('forget the oldest where there are too many to be written', () => {
    const set = new UidSet();
    for (let uid = 1; uid < 20_000; uid += 2) set.add(String(uid));
    for (let word = 0; word < 1_000; word++) set.add(`word-${word}`);
    const short = set.write(10_000);
    expect(JSON.stringify(short).length).toBeLessThan(12_000);
    expect(short.numbers.endsWith(',19999')).toBe(true);
    expect(short.words.at(-1)).toBe('word-999');
  });
});
