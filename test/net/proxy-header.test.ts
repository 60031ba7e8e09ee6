import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProxyHeaderReader, type ProxyReading } from '../../src/lib/net/proxy-header.ts';

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

interface Version2 {
  readonly command?: number;
  readonly transport?: number;
  readonly addresses?: Buffer;
  readonly extras?: Buffer;
  readonly claims?: number;
}

const ipv4Block = Buffer.from('c0000201cb007105d4310019', 'hex');
const ipv6Block = Buffer.from(
  '20010db8000000000000000000000001'.concat('20010db8000100000000000000000002', 'd4310019'),
  'hex',
);

function version2({ command = 0x21, transport = 0x11, addresses, extras, claims }: Version2 = {}): Buffer {
  const following = Buffer.concat([addresses ?? ipv4Block, extras ?? Buffer.alloc(0)]);
  const length = claims ?? following.length;
  return Buffer.concat([signature, Buffer.of(command, transport, length >> 8, length & 0xff), following]);
}

function extra(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, value.length >> 8, value.length & 0xff), value]);
}

/** The header with a checksum at its end, computed bit by bit as RFC 3720 B.4 describes it. */
function summed(before: Buffer): Buffer {
  const header = Buffer.concat([before, extra(0x03, Buffer.alloc(4))]);
  header.writeUInt16BE(header.length - 16, 14);
  let sum = 0xffffffff;
  for (const byte of header) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  header.writeUInt32BE(~sum >>> 0, header.length - 4);
  return header;
}

function read(bytes: Buffer | string): ProxyReading {
  return new ProxyHeaderReader().read(Buffer.from(bytes as string, 'latin1'));
}

/** Reads one byte after the other; says which byte brought the result. */
function readByBytes(bytes: Buffer): { readonly reading: ProxyReading; readonly bytes: number } {
  const reader = new ProxyHeaderReader();
  for (const [index, byte] of bytes.entries()) {
    const reading = reader.read(Buffer.of(byte));
    if (reading.is !== 'incomplete') return { reading, bytes: index + 1 };
  }
  return { reading: { is: 'incomplete' }, bytes: bytes.length };
}

function readIn(chunks: readonly Buffer[]): ProxyReading {
  const reader = new ProxyHeaderReader();
  for (const [index, chunk] of chunks.entries()) {
    const reading = reader.read(chunk);
    if (reading.is === 'header') {
      return { ...reading, rest: Buffer.concat([reading.rest, ...chunks.slice(index + 1)]) };
    }
    if (reading.is === 'malformed') return reading;
  }
  return { is: 'incomplete' };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('', '1.2.3', '256.1.1.1', '01.2.3.4', '::1%lo', '1::2::3'),
);
const port = fc.oneof(fc.nat(70_000).map(String), fc.constantFrom('', '00', '-1', '0x19', '65535', '65536'));
const line = fc
  .tuple(fc.constantFrom('TCP4', 'TCP6', 'UNKNOWN', 'TCP5'), address, address, port, port)
  .map((words) => `PROXY ${words.join(' ')}`);
const anyVersion1 = fc
  .tuple(line, fc.constantFrom('\r\n', '\n', '\r', ' \r\n', '\r\r\n', 'x'.repeat(200)))
  .map(([text, end]) => Buffer.from(`${text}${end}`, 'latin1'));
const extras = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.uint8Array({ maxLength: 6 })), { maxLength: 4 })
  .map((all) => Buffer.concat(all.map(([type, value]) => extra(type, Buffer.from(value)))));
const anyVersion2 = fc
  .record({
    command: fc.constantFrom(0x20, 0x21, 0x21, 0x21, 0x22, 0x11),
    transport: fc.constantFrom(0x00, 0x01, 0x11, 0x12, 0x21, 0x31, 0x41),
    addresses: fc.constantFrom(ipv4Block, ipv6Block, Buffer.alloc(216)),
    extras,
  })
  .map(version2);
const anyHeader = fc.oneof(anyVersion1, anyVersion2, anyVersion2.map(summed));

describe('a PROXY header', () => {
  it('is the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(anyHeader, fc.array(fc.nat(5_000), { maxLength: 10 }), (header, places) => {
        const bytes = Buffer.concat([header, Buffer.from('EHLO peer\r\n')]);
        const whole = read(bytes);
        expect(readIn(cut(bytes, places))).toEqual(whole);
        expect(readByBytes(bytes).reading.is).toBe(whole.is);
      }),
      { numRuns: 3_000 },
    );
  });

  it('leaves every byte behind it to the peer', () => {
    fc.assert(
      fc.property(fc.constantFrom(Buffer.from('PROXY UNKNOWN\r\n'), version2()), fc.uint8Array(), (header, bytes) => {
        expect(read(Buffer.concat([header, bytes]))).toMatchObject({ is: 'header', rest: Buffer.from(bytes) });
      }),
    );
  });

  it.each([Buffer.from('PROXY TCP4 '), signature])('is no header from the first byte on that differs', (begin) => {
    for (const at of begin.keys()) {
      const bytes = Buffer.from(begin);
      bytes[at]! ^= 0x20;
      expect(readByBytes(bytes)).toMatchObject({ reading: { is: 'malformed' }, bytes: at + 1 });
    }
  });

  it('is not waited for once a peer that came without a proxy has said a byte', () => {
    expect(read('E')).toMatchObject({ is: 'malformed', why: 'it does not begin with a PROXY header' });
  });
});

describe('a PROXY header of version 1', () => {
  it('tells both ends of a TCP connection', () => {
    expect(read('PROXY TCP4 192.0.2.1 203.0.113.5 54321 25\r\nEHLO')).toEqual({
      is: 'header',
      source: { address: '192.0.2.1', port: 54321 },
      destination: { address: '203.0.113.5', port: 25 },
      rest: Buffer.from('EHLO'),
    });
    expect(read('PROXY TCP6 2001:DB8:0:0::1 ::ffff:203.0.113.5 0 65535\r\n')).toEqual({
      is: 'header',
      source: { address: '2001:db8::1', port: 0 },
      destination: { address: '203.0.113.5', port: 65535 },
      rest: Buffer.alloc(0),
    });
  });

  it('may not know the ends, and what it says of them then does not count', () => {
    for (const text of ['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', 'PROXY UNKNOWN \r\n']) {
      expect(read(text)).toEqual({ is: 'header', rest: Buffer.alloc(0) });
    }
  });

  it.each([
    ['PROXY TCP5', 'the protocol family'],
    ['PROXY t', 'the protocol family'],
    ['PROXY TCP4 256', 'the source address'],
    ['PROXY TCP4 01', 'the source address'],
    ['PROXY TCP4 1.2.3 ', 'the source address'],
    ['PROXY TCP4 1.2.3.4.', 'the source address'],
    ['PROXY TCP4 :', 'the source address'],
    ['PROXY TCP6 fe80::1%', 'the source address'],
    ['PROXY TCP6 ::1 1::2::3 ', 'the destination address'],
    ['PROXY TCP4 1.2.3.4  ', 'the destination address'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 65536', 'the source port'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 00', 'the destination port'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 +', 'the destination port'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 2 ', 'more follows'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1\r', 'ends before the ports'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n', 'the destination port'],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rE', 'CR'],
    ['PROXY UNKNOWN\r\r', 'CR'],
    ['PROXY UNKNOWNS', 'the protocol family'],
  ])('is malformed with the last byte of %j', (text, why) => {
    const bytes = Buffer.from(text);
    expect(readByBytes(bytes)).toEqual({
      reading: { is: 'malformed', why: expect.stringContaining(why) as string },
      bytes: bytes.length,
    });
  });

  it('may be 107 bytes long and no longer', () => {
    const longest = `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`;
    expect(longest).toHaveLength(107);
    expect(read(longest).is).toBe('header');
    expect(readByBytes(Buffer.from(longest.replace('\r', 'x\r')))).toMatchObject({
      reading: { is: 'malformed', why: 'its line is longer than 107 bytes' },
      bytes: 107,
    });
  });
});

describe('a PROXY header of version 2', () => {
  it('tells both ends of a TCP connection', () => {
    expect(read(version2())).toEqual({
      is: 'header',
      source: { address: '192.0.2.1', port: 54321 },
      destination: { address: '203.0.113.5', port: 25 },
      rest: Buffer.alloc(0),
    });
    expect(read(version2({ transport: 0x21, addresses: ipv6Block }))).toMatchObject({
      source: { address: '2001:db8::1', port: 54321 },
      destination: { address: '2001:db8:1::2', port: 25 },
    });
  });

  it.each<[string, Version2]>([
    ["the proxy's own check", { command: 0x20, transport: 0x00, addresses: Buffer.alloc(0) }],
    ["the proxy's own check, whatever follows", { command: 0x20, transport: 0xff, addresses: Buffer.alloc(7, 'x') }],
    ['a connection of an unknown family', { transport: 0x00, addresses: Buffer.alloc(0) }],
    ['a connection over a Unix socket', { transport: 0x31, addresses: Buffer.alloc(216, '/') }],
  ])('has no address for %s', (_, details) => {
    expect(read(version2(details))).toEqual({ is: 'header', rest: Buffer.alloc(0) });
  });

  it.each<[string, Version2, number]>([
    ['version 1 in binary', { command: 0x11 }, 13],
    ['an unknown command', { command: 0x22 }, 13],
    ['a datagram', { transport: 0x12 }, 14],
    ['an unknown family', { transport: 0x41 }, 14],
    ['more than 4096 bytes', { claims: 4097 }, 16],
    ['less than its addresses', { claims: 11 }, 16],
  ])('is malformed with %s as soon as that is said', (_, details, bytes) => {
    expect(readByBytes(version2(details))).toMatchObject({ reading: { is: 'malformed' }, bytes });
  });

  it('may have as much behind its addresses as is allowed, and is then held back until the last byte', () => {
    const header = version2({ extras: extra(0x04, Buffer.alloc(4096 - 12 - 3)) });
    expect(header).toHaveLength(16 + 4096);
    expect(readByBytes(header)).toMatchObject({ reading: { is: 'header' }, bytes: header.length });
  });

  it('skips what else it tells', () => {
    const tls = extra(0x20, Buffer.from('01000000002100075'.padEnd(18, '0'), 'hex'));
    const extras = Buffer.concat([extra(0x02, Buffer.from('mail.example.test')), tls, extra(0x04, Buffer.alloc(0))]);
    expect(read(version2({ extras }))).toMatchObject({ is: 'header', source: { address: '192.0.2.1' } });
  });

  it.each([Buffer.of(0x04), Buffer.of(0x04, 0x00), Buffer.of(0x04, 0x00, 0x01), Buffer.of(0x04, 0xff, 0xff, 0x00)])(
    'is malformed when a TLV is longer than it: %j',
    (extras) => {
      expect(read(version2({ extras }))).toEqual({ is: 'malformed', why: 'a TLV is longer than the header' });
    },
  );

  it('is believed when its checksum is right', () => {
    expect(read(summed(version2()))).toMatchObject({ is: 'header', source: { address: '192.0.2.1' } });
  });

  it('is malformed when one bit of it is not as it was summed', () => {
    const header = summed(version2({ extras: extra(0x05, Buffer.from('unique')) }));
    for (const at of Array.from({ length: 12 + 9 }, (_, index) => 16 + index)) {
      // The type and length of the TLV decide where the next one begins.
      if (at >= 28 && at < 31) continue;
      const changed = Buffer.from(header);
      changed[at]! ^= 0x01;
      expect(read(changed)).toEqual({ is: 'malformed', why: 'its checksum is wrong' });
    }
  });

  it('is malformed with half a checksum', () => {
    const half = version2({ extras: extra(0x03, Buffer.alloc(2)) });
    expect(read(half)).toEqual({ is: 'malformed', why: 'its checksum is not of 4 bytes' });
  });
});
