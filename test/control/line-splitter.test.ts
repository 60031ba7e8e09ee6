import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from '../../src/lib/control/line-splitter.ts';

it('cuts a stream into the same lines however it comes', () => {
  const lines = fc.array(fc.string({ maxLength: 20 }).map((line) => line.replaceAll('\n', '')));
  fc.assert(
    fc.property(lines, fc.array(fc.nat(10), { minLength: 1 }), (sent, cuts) => {
      const text = sent.map((line) => `${line}\n`).join('');
      const splitter = new LineSplitter(100);
      const got: string[] = [];
      for (let at = 0, cut = 0; at < text.length; cut++) {
        const end = at + (cuts[cut % cuts.length] ?? 0) + 1;
        got.push(...(splitter.take(text.slice(at, end)) ?? ['too long']));
        at = end;
      }
      expect(got).toEqual(sent);
    }),
  );
});

it('gives up on a line that is too long, finished or not', () => {
  expect(new LineSplitter(5).take('123456')).toBeUndefined();
  expect(new LineSplitter(5).take('123456\n')).toBeUndefined();
  expect(new LineSplitter(5).take('12345\n')).toEqual(['12345']);
});
