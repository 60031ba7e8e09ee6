import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ipv6Groups, ipv6Text } from '../../src/lib/net/ipv6.ts';

const piece = fc.oneof(
  fc.constantFrom('', '', '0', 'ffff', 'ABC', '12345', 'g', '1.2.3.4', '1.2.3.256', '01.2.3.4', '1.2.3', ':'),
  fc.nat(0xffff).map((group) => group.toString(16)),
);
const nearly = fc.oneof(
  fc.array(piece, { minLength: 2, maxLength: 9 }).map((pieces) => pieces.join(':')),
  fc.ipV6(),
);

it('reads what is an IPv6 address and nothing else', () => {
  fc.assert(
    fc.property(nearly, (text) => {
      expect(ipv6Groups(text) !== undefined, text).toBe(isIPv6(text));
    }),
    { numRuns: 10_000 },
  );
});

it('writes what it reads to the same groups', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const groups = ipv6Groups(text)!;
      expect(ipv6Groups(ipv6Text(groups))).toEqual(groups);
    }),
  );
});
