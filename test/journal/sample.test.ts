import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const most = { head: 5_000, tail: 3_000 };

describe('a sample of a message that is not yet accepted', () => {
  it.each([
    ['nothing', 0],
    ['as much as the sample holds', 8_000],
    ['one byte more', 8_001],
    ['much, in memory', 200_000],
    ['much, in a file', 900_000],
  ])('has its beginning and its end: %s', async (_, size) => {
    const { journal } = await openJournal(temporaryDirectory(), { settings: { spillAt: 500_000 } });
    const bytes = randomBytes(size);
    const draft = journal.draft();
    for (let at = 0; at < size; at += 700) await draft.write(bytes.subarray(at, at + 700));
    const sample = await draft.sample(most);
    expect(sample.size).toBe(size);
    const head = size <= 8_000 ? bytes : bytes.subarray(0, 5_000);
    const tail = size <= 8_000 ? bytes.subarray(0, 0) : bytes.subarray(size - 3_000);
    expect(sample.head.equals(head)).toBe(true);
    expect(sample.tail.equals(tail)).toBe(true);
    await draft.abandon();
    await journal.close();
  });
});
