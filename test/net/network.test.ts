import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Networks, readNetwork, type Network } from '../../src/lib/net/network.ts';
import { networkOf, plainAddress } from '../../src/lib/net/plain-address.ts';

function network(text: string): Network {
  const reading = readNetwork(text);
  if (reading.is === 'refused') throw new Error(reading.why);
  return reading.network;
}

const inNetworks = (...texts: readonly string[]) => new Networks(texts.map(network));

/** The address as one number of 128 or 32 bits. */
function number(address: string): bigint {
  const numbers = address.includes(':') ? groups(address) : address.split('.').map((part) => BigInt(part));
  const bits = address.includes(':') ? 16n : 8n;
  return numbers.reduce((sum, each) => (sum << bits) | each, 0n);
}

function groups(address: string): bigint[] {
  const [before = [], after] = address.split('::').map((side) => side.split(':').filter(Boolean));
  const zeros = after ? Array<string>(8 - before.length - after.length).fill('0') : [];
  return [...before, ...zeros, ...(after ?? [])].map((group) => BigInt(`0x${group}`));
}

const ipv4 = fc.ipV4();
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((each) => each.map((group) => group.toString(16)).join(':'));

describe('a plain address', () => {
  it('is the canonical text that the kernel would give', () => {
    fc.assert(
      fc.property(ipv6, (address) => {
        const { address: canonical } = new SocketAddress({ address, family: 'ipv6' });
        // Of the deprecated ::192.0.2.1 the kernel shows dots, which RFC 5952 leaves to `::ffff:` alone.
        fc.pre(!canonical.includes('.'));
        expect(plainAddress(address)).toBe(canonical);
        expect(plainAddress(canonical.toUpperCase())).toBe(canonical);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the IPv4 address that is mapped into IPv6', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const value = number(address);
        const low = [value >> 16n, value & 0xffffn].map((group) => group.toString(16)).join(':');
        for (const mapped of [`::ffff:${address}`, `::FFFF:${low}`, `0:0:0:0:0:ffff:${address}`]) {
          expect(plainAddress(mapped)).toBe(address);
        }
        expect(plainAddress(address)).toBe(address);
      }),
    );
  });

  it('has no zone', () => {
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
  });

  it.each(['', 'localhost', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8::', '::ffff:1.2.3', '12345::'])(
    'is the text itself when that is no address: %j',
    (text) => {
      expect(plainAddress(text)).toBe(text);
    },
  );
});

describe('the network of an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:0:0:1::6', '2001:db8::/64'],
    ['0:0:0:1::1', '0:0:0:1::/64'],
    ['::1', '::/64'],
    ['fe80::a:b%eth0', 'fe80::/64'],
  ])('of %s is %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });

  it('is the same for two addresses exactly when their first bits are', () => {
    const neighbours = fc.tuple(ipv6, fc.nat(127)).map(([address, bit]) => {
      const other = number(address) ^ (1n << BigInt(bit));
      const text = other.toString(16).padStart(32, '0').match(/.{4}/g)!.join(':');
      return { address, other: text, areTogether: bit < 64 };
    });
    fc.assert(
      fc.property(neighbours, ({ address, other, areTogether }) => {
        fc.pre([address, other].every((each) => !plainAddress(each).includes('.')));
        expect(networkOf(address) === networkOf(other)).toBe(areTogether);
      }),
    );
  });
});

describe('a network', () => {
  it.each([
    ['192.0.2.0/24', { family: 'ipv4', address: '192.0.2.0', prefix: 24 }],
    ['192.0.2.1', { family: 'ipv4', address: '192.0.2.1', prefix: 32 }],
    ['0.0.0.0/0', { family: 'ipv4', address: '0.0.0.0', prefix: 0 }],
    ['2001:DB8:0::/32', { family: 'ipv6', address: '2001:db8::', prefix: 32 }],
    ['::1', { family: 'ipv6', address: '::1', prefix: 128 }],
    ['::/0', { family: 'ipv6', address: '::', prefix: 0 }],
    ['::ffff:192.0.2.0/120', { family: 'ipv4', address: '192.0.2.0', prefix: 24 }],
    ['::ffff:192.0.2.1', { family: 'ipv4', address: '192.0.2.1', prefix: 32 }],
  ])('is read from %s', (text, expected) => {
    expect(readNetwork(text)).toEqual({ is: 'network', network: expected });
  });

  it.each([
    ['', 'nothing is not an IP address'],
    ['/24', 'nothing is not an IP address'],
    ['mail.example.test', 'mail.example.test is not an IP address'],
    ['192.0.2/24', '192.0.2 is not an IP address'],
    ['192.0.2.01', '192.0.2.01 is not an IP address'],
    ['192.0.2.0/', '/ is not a number from 0 to 32'],
    ['192.0.2.0/33', '/33 is not a number from 0 to 32'],
    ['192.0.2.0/024', '/024 is not a number from 0 to 32'],
    ['192.0.2.0/255.255.255.0', '/255.255.255.0 is not a number from 0 to 32'],
    ['2001:db8::/129', '/129 is not a number from 0 to 128'],
    ['::ffff:192.0.2.0/24', '/24 is not a number from 96 to 128'],
    ['192.0.2.0/24/24', '192.0.2.0/24/24 has more than one slash'],
    ['192.0.2.129/25', '192.0.2.129/25 has host bits; its network is 192.0.2.128/25'],
    ['2001:db8::1/32', '2001:db8::1/32 has host bits; its network is 2001:db8::/32'],
    ['fe80::%eth0/64', 'fe80::%eth0 has a zone, and a network has none'],
  ])('is refused when it is %j', (text, why) => {
    expect(readNetwork(text)).toEqual({ is: 'refused', why });
  });
});

describe('networks', () => {
  it.each([
    [ipv4, 32],
    [ipv6, 128],
  ])('have the addresses with the same first bits, and no others', (address, bits) => {
    const flipped = fc.tuple(address, fc.nat(bits), fc.nat(bits - 1));
    fc.assert(
      fc.property(flipped, ([text, prefix, bit]) => {
        fc.pre(bits === 32 || !plainAddress(text).includes('.'));
        const hostBits = BigInt(bits - prefix);
        const base = (number(text) >> hostBits) << hostBits;
        const networks = inNetworks(`${written(base, bits)}/${prefix}`);
        expect(networks.has(text)).toBe(true);
        const other = number(text) ^ (1n << BigInt(bit));
        expect(networks.has(written(other, bits))).toBe(bit < hostBits);
      }),
      { numRuns: 500 },
    );
  });

  it('take an IPv4 address for what it is in whatever form it comes', () => {
    const networks = inNetworks('192.0.2.0/24', '::1', 'fe80::/10');
    for (const address of ['192.0.2.9', '::ffff:192.0.2.9', '::ffff:c000:209', '::1', 'fe80::1%eth0']) {
      expect(networks.has(address), address).toBe(true);
    }
    expect(inNetworks('::ffff:192.0.2.0/120').has('192.0.2.9')).toBe(true);
  });

  it('do not take one family for the other', () => {
    expect(inNetworks('::/0').has('192.0.2.1')).toBe(false);
    expect(inNetworks('::/0').has('::ffff:192.0.2.1')).toBe(false);
    expect(inNetworks('0.0.0.0/0').has('2001:db8::1')).toBe(false);
  });

  it('have nothing that is no address', () => {
    for (const text of ['', 'localhost', '1.2.3', '::1::'])
      expect(inNetworks('0.0.0.0/0', '::/0').has(text)).toBe(false);
    expect(new Networks([]).has('192.0.2.1')).toBe(false);
  });
});

function written(value: bigint, bits: number): string {
  const digits = value.toString(16).padStart(bits / 4, '0');
  if (bits === 32)
    return digits
      .match(/../g)!
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  return digits.match(/.{4}/g)!.join(':');
}
