import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pieces } from '../../src/lib/journal/pieces.ts';

const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 900, maxLength: 2_000 }));

it('keep every byte in its order, however a message comes', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(60), (given, looked) => {
      const pieces = new Pieces();
      for (const [index, bytes] of given.entries()) {
        pieces.add(Buffer.from(bytes));
        // Whoever looks in between changes nothing.
        if (index === looked) expect(Buffer.concat(pieces.all).length).toBe(pieces.length);
      }
      expect(Buffer.concat(pieces.all).equals(Buffer.concat(given))).toBe(true);
    }),
  );
});

it('are few when a message comes byte by byte', () => {
  const pieces = new Pieces();
  for (let count = 0; count < 100_000; count++) pieces.add(Buffer.of(count & 0xff));
  expect(pieces.all.length).toBeLessThan(50);
  expect(pieces.length).toBe(100_000);
});
