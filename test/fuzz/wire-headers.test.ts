import fc, { type Arbitrary } from 'fast-check';
import { connect as connectTls } from 'node:tls';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readClientHello } from '../../src/lib/net/client-hello.ts';
import { ProxyHeaderReader } from '../../src/lib/net/proxy-header.ts';
import { cut, latin1, places, runs, seedsOf } from '../support/hostile-fuzz.ts';
import { isIP } from 'node:net';

const v2 = '\r\n\r\n\0\r\nQUIT\n';
const addresses = '\xc0\x00\x02\x01\xc0\x00\x02\x02\x10\x92\x00\x19';
const headers = [
  'PROXY TCP4 192.0.2.1 192.0.2.2 4242 25\r\n',
  'PROXY TCP6 2001:db8::1 2001:db8::2 4242 25\r\n',
  'PROXY UNKNOWN\r\n',
  'PROXY UNKNOWN what ever\r\n',
  `${v2}\x21\x11\x00\x0c${addresses}`,
  `${v2}\x20\x00\x00\x00`,
  `${v2}\x21\x21\x00\x24${'\x20\x01\x0d\xb8'.repeat(8)}\x10\x92\x00\x19`,
  `${v2}\x21\x11\x00\x13${addresses}\x04\x00\x04abcd`,
  `${v2}\x21\x11\x00\x13${addresses}\x03\x00\x04\0\0\0\0`,
];

/** A valid thing with some of its bytes changed, taken out, doubled or added. */
function mutated(valid: Arbitrary<string>): Arbitrary<string> {
  const change = fc.tuple(fc.constantFrom('set', 'drop', 'double', 'cut'), fc.nat(2_000), fc.nat(255));
  return fc.tuple(valid, fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((now, [how, place, code]) => {
      const at = place % (now.length + 1);
      if (how === 'set') return now.slice(0, at) + String.fromCharCode(code) + now.slice(at + 1);
      if (how === 'drop') return now.slice(0, at) + now.slice(at + 1 + (code % 4));
      if (how === 'double') return now.slice(0, at) + now.slice(at - (code % 4), at) + now.slice(at);
      return now.slice(0, at);
    }, text),
  );
}

interface Read {
  readonly is: string;
  readonly rest?: string;
  readonly source?: unknown;
  readonly destination?: unknown;
}

function readProxy(pieces: readonly string[]): Read {
  const reader = new ProxyHeaderReader();
  for (const [index, piece] of pieces.entries()) {
    if (piece === '') continue;
    const reading = reader.read(latin1(piece));
    if (reading.is === 'incomplete') continue;
    if (reading.is === 'malformed') return { is: reading.is };
    for (const end of [reading.source, reading.destination]) {
      if (end !== undefined && (isIP(end.address) === 0 || !(end.port >= 0 && end.port <= 0xffff)))
        throw new Error(end.address);
    }
    const { source, destination } = reading;
    return {
      is: reading.is,
      source,
      destination,
      rest: reading.rest.toString('latin1') + pieces.slice(index + 1).join(''),
    };
  }
  return { is: 'incomplete' };
}

describe('the header of a proxy', () => {
  it.each([...headers, ...seedsOf('proxy')])('is read the same at every cut: %j', (seed) => {
    const whole = readProxy([`${seed}EHLO me\r\n`]);
    for (let place = 1; place < seed.length; place++)
      expect(readProxy(cut(`${seed}EHLO me\r\n`, [place]))).toEqual(whole);
    expect(readProxy(`${seed}EHLO me\r\n`.split(''))).toEqual(whole);
  });

  it('is read the same wherever it is cut, and what follows it is the peer, whatever has become of it', () => {
    fc.assert(
      fc.property(mutated(fc.constantFrom(...headers)), places, (header, places) => {
        const text = `${header}EHLO me\r\n`;
        const whole = readProxy([text]);
        expect(readProxy(cut(text, places))).toEqual(whole);
        if (whole.rest !== undefined) expect(text.endsWith(whole.rest)).toBe(true);
      }),
      { numRuns: runs(5_000) },
    );
  });
});

async function clientHello(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const wire = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => (resolve(chunk), done()),
  });
  const client = connectTls({
    socket: wire,
    servername: 'sni.example.test',
    ALPNProtocols: ['smtp', 'h2'],
    rejectUnauthorized: false,
  });
  client.on('error', () => undefined);
  const hello = await promise;
  client.destroy();
  return hello.toString('latin1');
}

describe('the hello of a TLS client', () => {
  it('is read, and is incomplete until its last byte', async () => {
    const hello = await clientHello();
    expect(readClientHello(latin1(hello))).toEqual({
      is: 'hello',
      hello: { sni: 'sni.example.test', alpn: 'smtp,h2' },
    });
    for (let length = 0; length < hello.length; length++) {
      expect(readClientHello(latin1(hello.slice(0, length)))).toEqual({ is: 'incomplete' });
    }
  });

  it.each(seedsOf('client-hello'))('is no reason to throw: %j', (seed) => {
    expect(['incomplete', 'hello', 'foreign']).toContain(readClientHello(latin1(seed)).is);
  });

  it('is no reason to throw, whatever has become of it', async () => {
    const hello = await clientHello();
    fc.assert(
      fc.property(mutated(fc.constant(hello)), (text) => {
        const bytes = latin1(text);
        const reading = readClientHello(bytes);
        // More bytes never take back what was said of fewer.
        const more = readClientHello(Buffer.concat([bytes, Buffer.alloc(100, 0x41)]));
        if (reading.is !== 'incomplete') expect(more).toEqual(reading);
      }),
      { numRuns: runs(5_000) },
    );
  });
});
