import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressTraces } from '../../src/lib/rules/mentions/address-traces.ts';

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet);
const group = fc.integer({ min: 0, max: 0xffff });

describe('the traces of an address', () => {
  it('are in every spelling of an IPv4 address', () => {
    fc.assert(
      fc.property(ipv4, (parts) => {
        const hex = parts.map((part) => part.toString(16).padStart(2, '0'));
        const spellings = [
          parts.join('.'),
          parts.toReversed().join('.'),
          parts.join('-'),
          parts.map((part) => String(part).padStart(3, '0')).join('.'),
          parts.map((part) => `0${part.toString(8)}`).join('.'),
          parts.map((part) => `0x${part.toString(16)}`).join('.'),
          hex.join('.').toUpperCase(),
          hex.join('').toUpperCase(),
          String(Buffer.from(parts).readUInt32BE()),
          `::ffff:${parts.join('.')}`,
          `::ffff:${((parts[0] << 8) | parts[1]).toString(16)}:${((parts[2] << 8) | parts[3]).toString(16)}`,
        ];
        const mayName = addressTraces([parts.join('.')]);
        for (const spelling of spellings) expect([spelling, mayName(`x ${spelling} y`)]).toEqual([spelling, true]);
      }),
      { numRuns: 1000 },
    );
  });

  it('are in every spelling of an IPv6 address', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const short = groups.map((each) => each.toString(16));
        const long = short.map((each) => each.padStart(4, '0'));
        const digits = long.join('');
        const spellings = [
          short.join(':'),
          long.join(':').toUpperCase(),
          short.join('-'),
          digits,
          digits.split('').toReversed().join('.'),
          `${short.slice(0, 6).join(':')}:${groups[6]! >> 8}.${groups[6]! & 255}.${groups[7]! >> 8}.${groups[7]! & 255}`,
        ];
        const mayName = addressTraces([short.join(':')]);
        for (const spelling of spellings) expect([spelling, mayName(spelling)]).toEqual([spelling, true]);
      }),
      { numRuns: 1000 },
    );
  });

  it('are in few texts that name nobody', () => {
    const mayName = addressTraces(['198.51.100.25', '2001:db8::25']);
    expect(mayName('Dear customer, your parcel could not be delivered; see https://x.example/track?id=77')).toBe(false);
    expect(addressTraces(['::1'])('any text')).toBe(true);
  });
});
