import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicAddresses, type AddressPolicy } from '../../../src/lib/net/public-address.ts';
import { dial } from '../../../src/lib/probe/relay/dial.ts';
import { nodeResolver } from '../../../src/lib/probe/relay/node-resolver.ts';
import { planRoute } from '../../../src/lib/probe/relay/plan-route.ts';
import { relayMessage, type RelayMeans } from '../../../src/lib/probe/relay/relay-message.ts';
import { whyNotThere } from '../../../src/lib/probe/relay/whereabouts.ts';
import { DnsServer, fromZone, type Zone } from '../../support/dns-server.ts';
import { anywhere, letter, neverDial, relayMeans, routeMeans } from './means.ts';
import { ScriptedServer } from './scripted-server.ts';

const own = ['192.5.5.5', '2a00:1450::5'];
const strict = publicAddresses(own);

async function relayToMx(zone: Zone, means: Partial<RelayMeans> = {}) {
  const dns = await DnsServer.of(zone);
  return relayMessage(
    letter(),
    relayMeans(0, {
      destination: { is: 'mx', domain: 'example.net' },
      resolver: nodeResolver({ servers: [dns.address] }),
      families: { ipv6: 'routed', ipv4Only: [] },
      mayConnect: strict,
      dial: neverDial,
      ...means,
    }),
  );
}

describe('no connection is begun', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.5.5.5',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:192.5.5.5',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fe80::1',
    'fd00::1',
    '2a00:1450:0:0::5',
  ])('when an MX leads to %s', async (address) => {
    const type = address.includes(':') ? 'AAAA' : 'A';
    const report = await relayToMx({ 'example.net MX': ['1 mx.example.net'], [`mx.example.net ${type}`]: [address] });
    expect(report).toMatchObject({ outcome: 'refused', dotSent: false, attempts: [{ result: 'forbidden' }] });
    expect(report.server).toBeUndefined();
    expect(report.why).toContain(`${report.attempts[0]!.address} is `);
  });

  it('when the domain itself leads to this machine', async () => {
    expect(await relayToMx({ 'example.net A': ['127.0.0.1'] })).toMatchObject({ outcome: 'refused', by: 'domain' });
  });

  it.each(['user@[127.0.0.1]', 'user@[IPv6:::1]', 'user@[IPv6:::ffff:10.0.0.1]', 'user@[192.5.5.5]'])(
    'for %s',
    async (recipient) => {
      const destination = { is: 'mx', domain: recipient.split('@')[1]! } as const;
      const means = relayMeans(0, { destination, mayConnect: strict, dial: neverDial });
      expect(await relayMessage(letter({ to: [recipient] }), means)).toMatchObject({
        outcome: 'refused',
        by: 'literal',
        attempts: [{ result: 'forbidden' }],
      });
    },
  );

  it('to a server of the operator’s on loopback: the sandbox is reached in one way alone', async () => {
    const sink = await ScriptedServer.start();
    const destination = { is: 'server', host: '127.0.0.1', port: sink.port } as const;
    const means = { mayConnect: strict, dial: neverDial };
    expect(await relayMessage(letter(), relayMeans(0, { ...means, destination }))).toMatchObject({
      outcome: 'refused',
    });
    const dns = await DnsServer.of({ 'localhost A': ['127.0.0.1'], 'sink.test A': ['127.0.0.1'] });
    const resolver = nodeResolver({ servers: [dns.address] });
    for (const host of ['localhost', 'sink.test']) {
      const named = relayMeans(0, { ...means, resolver, destination: { ...destination, host } });
      expect(await relayMessage(letter(), named)).toMatchObject({ outcome: 'refused', by: 'server' });
    }
  });

  it.each<[string, Parameters<typeof letter>[0]]>([
    ['a bare LF', { content: Buffer.from('a\n.\n') }],
    ['a bare CR', { content: Buffer.from('a\rb\r\n') }],
    ['a NUL', { content: Buffer.from('a\0\r\n') }],
    ['a sender with a command in it', { from: 'a@example.test>\r\nRCPT TO:<victim@example.org' }],
    ['a recipient with a command in it', { to: ['a\r\nDATA\r\n@example.net'] }],
    ['a recipient without a domain', { to: ['postmaster'] }],
    ['no recipient', { to: [] }],
    ['too many recipients', { to: Array.from({ length: 101 }, (_, at) => `u${at}@example.net`) }],
    ['a name of our own with a command in it', { heloName: 'trap\r\nMAIL' }],
  ])('for a message with %s, and DNS is not asked', async (_, parts) => {
    const dns = await DnsServer.of({ 'example.net A': ['9.1.1.1'] });
    const means = relayMeans(0, {
      destination: { is: 'mx', domain: 'example.net' },
      resolver: nodeResolver({ servers: [dns.address] }),
      dial: neverDial,
    });
    expect(await relayMessage(letter(parts), means)).toMatchObject({ outcome: 'refused', attempts: [] });
    expect(dns.asked).toEqual([]);
  });

  it('for a domain that takes no mail, or of which nothing is known', async () => {
    expect(await relayToMx({ 'example.net MX': ['0 .'] })).toMatchObject({ outcome: 'refused', attempts: [] });
    expect(await relayToMx({})).toMatchObject({ outcome: 'refused', attempts: [] });
    expect(await relayToMx({ 'example.net MX': 'SERVFAIL' })).toMatchObject({ outcome: 'unreachable', attempts: [] });
    const lost: Zone = { 'example.net MX': ['1 mx.example.net'], 'mx.example.net A': 'SERVFAIL' };
    expect(await relayToMx(lost)).toMatchObject({ outcome: 'unreachable', attempts: [{ result: 'passedOver' }] });
  });
});

describe('an answer of DNS that changes', () => {
  it('after the plan was looked at is judged anew', async () => {
    const changing: readonly Zone[] = [{ 'example.net A': ['9.1.1.1'] }, { 'example.net A': ['127.0.0.1'] }];
    const dns = await DnsServer.start((question, times) => fromZone(changing[Math.min(times, 2) - 1]!, question));
    const resolver = nodeResolver({ servers: [dns.address] });
    const destination = { is: 'mx', domain: 'example.net' } as const;
    const route = await planRoute(destination, routeMeans(dns, { resolver, mayConnect: strict }));
    expect(route).toMatchObject({ hosts: [{ addresses: [{ address: '9.1.1.1', verdict: { is: 'allowed' } }] }] });
    const report = await relayMessage(
      letter(),
      relayMeans(0, { destination, resolver, mayConnect: strict, dial: neverDial }),
    );
    expect(report).toMatchObject({ outcome: 'refused', attempts: [{ result: 'forbidden', address: '127.0.0.1' }] });
  });

  it('between the judgement and the connection is never asked for', async () => {
    const good = await ScriptedServer.start({}, '127.0.0.2');
    // The first answer is judged; whoever asks again is led elsewhere.
    const dns = await DnsServer.start((question, times) =>
      fromZone({ 'example.net A': [times === 1 ? '127.0.0.2' : '127.0.0.3'] }, question),
    );
    const judged: string[] = [];
    const mayConnect: AddressPolicy = (address) => {
      judged.push(address);
      return address === '127.0.0.2' ? { is: 'allowed' } : { is: 'forbidden', why: 'is elsewhere' };
    };
    const dialled: string[] = [];
    const report = await relayMessage(
      letter(),
      relayMeans(0, {
        destination: { is: 'mx', domain: 'example.net' },
        resolver: nodeResolver({ servers: [dns.address] }),
        mayConnect,
        dial: (host, port) => {
          dialled.push(`${host}:${port}`);
          return connect({ host, port: good.port });
        },
      }),
    );
    expect(report).toMatchObject({ outcome: 'relayed', server: { address: '127.0.0.2', port: 25 } });
    expect(dialled).toEqual(['127.0.0.2:25']);
    // Once when the plan was made, and once where the connection led.
    expect(judged).toEqual(['127.0.0.2', '127.0.0.2']);
    expect(dns.asked.filter((question) => question === 'example.net A')).toHaveLength(1);
  });

  it('is of no use to anybody: a connection that leads elsewhere carries not a word', async () => {
    const elsewhere = await ScriptedServer.start({}, '127.0.0.3');
    const report = await relayMessage(
      letter(),
      relayMeans(0, {
        destination: { is: 'server', host: '127.0.0.2', port: 2525 },
        dial: () => connect({ host: '127.0.0.3', port: elsewhere.port }),
      }),
    );
    expect(report).toMatchObject({ outcome: 'unreachable', attempts: [{ phase: 'connecting' }] });
    expect(report.why).toContain('the connection leads to 127.0.0.3 and not to 127.0.0.2');
    expect(elsewhere.commands).toEqual([]);
  });
});

describe('a connection that has come about', () => {
  it.each([
    [{ remoteAddress: '9.1.1.1', localAddress: '192.5.5.5' }, undefined],
    [{ remoteAddress: '::ffff:9.1.1.1', localAddress: '::ffff:192.5.5.5' }, undefined],
    [{ remoteAddress: '9.1.1.2', localAddress: '192.5.5.5' }, /leads to 9\.1\.1\.2 and not to 9\.1\.1\.1/],
    [{ remoteAddress: undefined, localAddress: '192.5.5.5' }, /nobody knows/],
    // Nobody has told that this address is ours, and the kernel knows.
    [{ remoteAddress: '9.1.1.1', localAddress: '9.1.1.1' }, /is an address of this machine/],
  ])('from and to %j is judged once more', (ends, why) => {
    const found = whyNotThere(ends, '9.1.1.1', strict);
    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(why);
  });

  it('is judged by the same policy', () => {
    expect(whyNotThere({ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' }, '127.0.0.1', strict)).toBe(
      '127.0.0.1 is loopback',
    );
    expect(
      whyNotThere({ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' }, '127.0.0.1', anywhere),
    ).toBeUndefined();
  });
});

describe('the dialler', () => {
  it('connects to no name, whoever could look it up', async () => {
    const socket = dial('localhost', 25);
    onTestFinished(() => void socket.destroy());
    const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(error.message).toBe('only addresses are connected to, and "localhost" is none');
  });
});

describe('the sandbox', () => {
  it('is reached on loopback under the strictest policy, and nothing else is', async () => {
    const sink = await ScriptedServer.start();
    const destination = { is: 'sandbox', port: sink.port } as const;
    const report = await relayMessage(
      letter({ to: ['a@one.test', 'b@two.test'] }),
      relayMeans(0, { destination, mayConnect: strict }),
    );
    expect(report).toMatchObject({
      outcome: 'relayed',
      by: 'sandbox',
      server: { address: '127.0.0.1', port: sink.port },
    });
    expect(sink.messages).toHaveLength(1);
  });

  it('is not left by a connection that leads elsewhere', async () => {
    const elsewhere = await ScriptedServer.start({}, '127.0.0.2');
    const destination = { is: 'sandbox', port: 2525 } as const;
    const dial = () => connect({ host: '127.0.0.2', port: elsewhere.port });
    const report = await relayMessage(letter(), relayMeans(0, { destination, mayConnect: anywhere, dial }));
    expect(report).toMatchObject({ outcome: 'unreachable' });
    expect(elsewhere.commands).toEqual([]);
  });
});
