import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/lib/errors.ts';
import { publicAddresses } from '../../src/lib/net/public-address.ts';
import { specialNetworks } from '../../src/lib/net/special-networks.ts';

const strict = publicAddresses([]);
const whyNot = (address: string, policy = strict) => {
  const verdict = policy(address);
  return verdict.is === 'allowed' ? 'allowed' : verdict.why;
};

describe('mail may go', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.1',
    '192.0.3.1',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2000::1',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2001:db7:ffff::1',
    '2001:db9::1',
    '2003::1',
    '2a00:1450:4001:81b::1a',
    '2607:f8b0:400c:c00::1b',
    '3ffd:ffff::1',
    '3fff:1000::1',
  ])('to %s', (address) => {
    expect(whyNot(address)).toBe('allowed');
  });
});

describe('mail may not go', () => {
  it.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['100.64.0.0', 'carrier'],
    ['100.127.255.255', 'carrier'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.8', 'reserved for protocols'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4'],
    ['192.168.255.255', 'private'],
    ['198.18.0.0', 'benchmarks'],
    ['198.19.255.255', 'benchmarks'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.7', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.0', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::8.8.8.8', 'IPv4 address in IPv6'],
    ['::ffff:127.0.0.1', 'IPv4 address in IPv6'],
    ['::ffff:8.8.8.8', 'IPv4 address in IPv6'],
    ['::FFFF:0808:0808', 'IPv4 address in IPv6'],
    ['::ffff:0:127.0.0.1', 'translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b::8.8.8.8', 'NAT64'],
    ['64:ff9b:1::1', 'local address translation'],
    ['64:ff9b:2::1', 'global unicast'],
    ['100::1', 'discarded'],
    ['100:0:0:1::1', 'global unicast'],
    ['1fff:ffff::1', 'global unicast'],
    ['2001::1', 'Teredo'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['2001:1::1', 'reserved for protocols'],
    ['2001:2::1', 'benchmarks'],
    ['2001:10::1', 'ORCHID'],
    ['2001:2f:ffff::1', 'ORCHIDv2'],
    ['2001:3f::1', 'identifier'],
    ['2001:1ff:ffff::1', 'reserved for protocols'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::1', '6to4'],
    ['2002:808:808::1', '6to4'],
    ['2620:4f:8000::1', 'AS112'],
    ['3ffe::1', '6bone'],
    ['3fff::1', 'documentation'],
    ['4000::1', 'global unicast'],
    ['5f00::1', 'global unicast'],
    ['fc00::1', 'unique-local'],
    ['fdff:ffff::1', 'unique-local'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'multicast'],
  ])('to %s, which is %s', (address, what) => {
    expect(whyNot(address)).toContain(what);
  });

  it.each([
    '',
    ' ',
    'localhost',
    'example.org',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '8.8.8.8.',
    '8.8.8.8 ',
    '8.8.8.8:25',
    '[2a00::1]',
    '8.8.8.08',
    '1.1.1.1/32',
    '1.1.1.1\0',
    '2a00::1::',
  ])('to %j, which is no address', (text) => {
    expect(whyNot(text)).toBe('is no IP address');
  });

  it('where an address names an interface', () => {
    expect(whyNot('2a00:1450::1%eth0')).toBe('names an interface of this machine');
  });

  it('to an address of this machine, however either of them is spelled', () => {
    const policy = publicAddresses(['8.8.4.4', '::ffff:9.9.9.9', '2A00:1450:0:0::1', '2a00:1450::2%eth0']);
    for (const address of ['8.8.4.4', '::ffff:8.8.4.4', '9.9.9.9', '2a00:1450::1', '2a00:1450:0:0:0:0:0:2']) {
      expect(whyNot(address, policy), address).toBe('is an address of this machine');
    }
    expect(whyNot('8.8.8.8', policy)).toBe('allowed');
    expect(whyNot('2a00:1450::3', policy)).toBe('allowed');
  });

  it('anywhere while an address of this machine is misspelt', () => {
    for (const own of ['trap.example.org', '8.8.4', '8.8.4.4:25', '']) {
      expect(() => publicAddresses([own])).toThrow(Fault);
    }
  });
});

/** The same table as the standard library reads it. */
function listOf(version: 4 | 6): BlockList {
  const list = new BlockList();
  for (const [network] of specialNetworks) {
    const [address, prefix] = network.split('/') as [string, string];
    if (address.includes(':') === (version === 6)) list.addSubnet(address, Number(prefix), `ipv${version}`);
  }
  return list;
}

const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 7, maxLength: 7 });
const firstGroup = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0x64, 0x100, 0x2001, 0x2002, 0x2620, 0x3ffe, 0x3fff));

describe('whatever the address', () => {
  it('of version 4, it is allowed exactly when it is in no special network', () => {
    const list = listOf(4);
    const address = fc.tuple(
      fc.oneof(fc.nat(255), fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203)),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 16, 18, 31, 51, 64, 88, 168, 175)),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 2, 48, 99, 100, 113, 193, 196)),
      fc.nat(255),
    );
    fc.assert(
      fc.property(address, (bytes) => {
        const text = bytes.join('.');
        expect(whyNot(text) === 'allowed').toBe(!list.check(text, 'ipv4'));
        // In no form of IPv6 does any IPv4 address get through.
        const hex = Buffer.from(bytes).toString('hex');
        const low = `${hex.slice(0, 4)}:${hex.slice(4)}`;
        for (const form of [`::${low}`, `::ffff:${low}`, `::ffff:0:${low}`, `64:ff9b::${low}`, `2002:${low}::1`]) {
          expect(whyNot(form), form).not.toBe('allowed');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('of version 6, it is allowed exactly when it is global unicast and in no special network', () => {
    const list = listOf(6);
    fc.assert(
      fc.property(firstGroup, groups, (first, rest) => {
        const text = [first, ...rest].map((group) => group.toString(16)).join(':');
        const isGlobal = first >= 0x2000 && first <= 0x3fff;
        expect(whyNot(text) === 'allowed', text).toBe(isGlobal && !list.check(text, 'ipv6'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('nothing that is no address is ever allowed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.webUrl()), (text) => {
        fc.pre(!/^[\d.]+$|:/.test(text));
        expect(whyNot(text)).toBe('is no IP address');
      }),
    );
  });
});
