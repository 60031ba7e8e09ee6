import { expect, it } from 'vitest';
import { crc32c } from '../../src/lib/net/crc32c.ts';

// The examples of RFC 3720 B.4, and the check value under which the sum is catalogued.
it.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  [Buffer.from('123456789'), 0xe3069283],
])('sums %j with the polynomial of Castagnoli', (bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});
