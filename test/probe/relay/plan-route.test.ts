import { describe, expect, it } from 'vitest';
import { publicAddresses } from '../../../src/lib/net/public-address.ts';
import { nodeResolver } from '../../../src/lib/probe/relay/node-resolver.ts';
import { planRoute } from '../../../src/lib/probe/relay/plan-route.ts';
import type { OpenRoute } from '../../../src/lib/probe/relay/route.ts';
import { DnsServer, type Zone } from '../../support/dns-server.ts';
import { routeMeans } from './means.ts';

const strict = publicAddresses(['192.5.5.5', '2a00:1450::5']);

async function routeTo(domain: string, zone: Zone, means: Parameters<typeof routeMeans>[1] = {}) {
  return planRoute({ is: 'mx', domain }, routeMeans(await DnsServer.of(zone), means));
}

/** The hosts and addresses in the order in which they would be tried. */
function order(route: Awaited<ReturnType<typeof routeTo>>): string[] {
  if (route.is !== 'route') throw new Error(route.why);
  return route.hosts.map(({ host, addresses }) => `${host} ${addresses.map(({ address }) => address).join(' ')}`);
}

describe('mail for a domain goes', () => {
  it('to its MX hosts by preference, over IPv6 and IPv4 in turn', async () => {
    const route = await routeTo('example.test', {
      'example.test MX': ['20 second.example.test', '10 first.example.test'],
      'first.example.test A': ['9.1.1.1', '9.1.1.2', '9.1.1.3'],
      'first.example.test AAAA': ['2a00::1', '2a00::2', '2a00::3'],
      'second.example.test A': ['9.2.2.2'],
    });
    expect(route).toMatchObject({ is: 'route', by: 'mx', leftOut: 0 });
    expect((route as OpenRoute).hosts.map(({ port, preference }) => [port, preference])).toEqual([
      [25, 10],
      [25, 20],
    ]);
    expect(order(route)).toEqual(['first.example.test 2a00::1 9.1.1.1 2a00::2 9.1.1.2', 'second.example.test 9.2.2.2']);
  });

  it('to equal ones in the order of chance', async () => {
    const zone: Zone = {
      'example.test MX': ['10 a.example.test', '10 b.example.test', '5 c.example.test'],
      ...Object.fromEntries(['a', 'b', 'c'].map((name, at) => [`${name}.example.test A`, [`9.1.1.${at}`]])),
    };
    const orders = await Promise.all(
      [0, 1].map(async (seed) =>
        order(await routeTo('example.test', zone, { randomInt: (max) => (seed + max) % max })),
      ),
    );
    expect(orders.map(([first]) => first)).toEqual(['c.example.test 9.1.1.2', 'c.example.test 9.1.1.2']);
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders[0]!.toSorted()).toEqual(orders[1]!.toSorted());
  });

  it('to five hosts and four addresses of each at most', async () => {
    const numbers = Array.from({ length: 12 }, (_, number) => number);
    const route = await routeTo('example.test', {
      'example.test MX': numbers.map((number) => `${number} mx${number}.example.test`),
      ...Object.fromEntries(
        numbers.map((each) => [`mx${each}.example.test A`, numbers.map((n) => `9.9.${each}.${n}`)]),
      ),
    });
    expect(route).toMatchObject({ leftOut: 7 });
    expect(order(route).map((host) => host.split(' ').length)).toEqual([5, 5, 5, 5, 5]);
  });

  it('to the domain itself where there is no MX', async () => {
    const route = await routeTo('example.test', { 'example.test A': ['9.1.1.1'] });
    expect(route).toMatchObject({ by: 'domain' });
    expect(order(route)).toEqual(['example.test 9.1.1.1']);
  });

  it('to an address in brackets, and DNS is not asked', async () => {
    const dns = await DnsServer.of({});
    const means = routeMeans(dns, { mayConnect: strict });
    expect(order(await planRoute({ is: 'mx', domain: '[9.1.1.1]' }, means))).toEqual(['[9.1.1.1] 9.1.1.1']);
    const ipv6 = await planRoute({ is: 'mx', domain: '[IPv6:2A00:0::1]' }, means);
    expect(order(ipv6)).toEqual(['[IPv6:2a00::1] 2a00::1']);
    for (const [literal, why] of [
      ['[127.0.0.1]', 'is loopback'],
      ['[IPv6:::1]', 'is loopback'],
      ['[IPv6:::ffff:127.0.0.1]', 'is an IPv4 address in IPv6 (RFC 4291)'],
      ['[IPv6:::ffff:9.1.1.1]', 'is an IPv4 address in IPv6 (RFC 4291)'],
      ['[192.5.5.5]', 'is an address of this machine'],
    ]) {
      const route = await planRoute({ is: 'mx', domain: literal! }, means);
      expect(route, literal).toMatchObject({ hosts: [{ addresses: [{ verdict: { is: 'forbidden', why } }] }] });
    }
    expect(dns.asked).toEqual([]);
  });

  it('to a domain in Unicode by its name in ASCII', async () => {
    const dns = await DnsServer.of({ 'xn--bcher-kva.test A': ['9.1.1.1'] });
    expect(order(await planRoute({ is: 'mx', domain: 'Bücher.test.' }, routeMeans(dns)))).toEqual([
      'xn--bcher-kva.test 9.1.1.1',
    ]);
  });
});

describe('over IPv4 alone mail goes', () => {
  const zone: Zone = {
    'gmail.com MX': ['5 gmail-smtp-in.l.google.com'],
    'hosted.test MX': ['5 aspmx.l.google.com', '10 alt.googlemail.com', '20 mx.hosted.test', '30 mx.notgoogle.com'],
    ...Object.fromEntries(
      [
        'gmail-smtp-in.l.google.com',
        'aspmx.l.google.com',
        'alt.googlemail.com',
        'mx.hosted.test',
        'mx.notgoogle.com',
      ].flatMap((host, at) => [
        [`${host} A`, [`9.1.1.${at}`]],
        [`${host} AAAA`, [`2a00::${at}`]],
      ]),
    ),
  };

  it('to the domains that want that, and to those hosted there', async () => {
    expect(order(await routeTo('GMAIL.com', zone))).toEqual(['gmail-smtp-in.l.google.com 9.1.1.0']);
    expect(order(await routeTo('hosted.test', zone))).toEqual([
      'aspmx.l.google.com 9.1.1.1',
      'alt.googlemail.com 9.1.1.2',
      'mx.hosted.test 2a00::3 9.1.1.3',
      'mx.notgoogle.com 2a00::4 9.1.1.4',
    ]);
  });

  it('to everybody when this machine has no way into IPv6, and nobody asks for it', async () => {
    const dns = await DnsServer.of(zone);
    const route = await planRoute(
      { is: 'mx', domain: 'hosted.test' },
      routeMeans(dns, { families: { ipv6: 'unrouted', ipv4Only: [] } }),
    );
    expect(order(route).every((host) => !host.includes('::'))).toBe(true);
    expect(dns.asked.filter((question) => question.endsWith('AAAA'))).toEqual([]);
  });
});

describe('mail for a domain goes nowhere', () => {
  it.each<[string, Zone, 'refused' | 'unreachable', RegExp]>([
    ['takes none (RFC 7505)', { 'example.test MX': ['0 .'], 'example.test A': ['9.1.1.1'] }, 'refused', /RFC 7505/],
    ['does not exist', {}, 'refused', /no domain example\.test/],
    ['has no server and no address', { 'example.test TXT': [] }, 'refused', /neither a mail server nor/],
    // Its own address is no place for mail while its MX may only be hidden by a fault.
    ['is in no server’s power', { 'example.test MX': 'SERVFAIL', 'example.test A': ['9.1.1.1'] }, 'unreachable', /DNS/],
    ['is not told', { 'example.test MX': 'REFUSED', 'example.test A': ['9.1.1.1'] }, 'unreachable', /DNS/],
    ['has an unknown address', { 'example.test A': 'SERVFAIL' }, 'unreachable', /address of example\.test/],
  ])('when it %s', async (_, zone, is, why) => {
    const route = await routeTo('example.test', zone);
    expect(route).toMatchObject({ is });
    expect((route as { why: string }).why).toMatch(why);
  });

  it.each([
    '',
    ' ',
    'a b',
    'exa\rmple.test',
    'example.test@other.test',
    '1.2.3.4',
    '[1.2.3]',
    '[IPv6:1.2.3.4]',
    '[::1]',
    'x'.repeat(64),
    '-a.test',
  ])('when it is called %j, and DNS is not asked', async (domain) => {
    const dns = await DnsServer.of({});
    expect(await planRoute({ is: 'mx', domain }, routeMeans(dns))).toMatchObject({ is: 'refused' });
    expect(dns.asked).toEqual([]);
  });

  it('when it is answered by silence, sooner or later', async () => {
    const zone: Zone = { 'example.test MX': 'silence', 'example.test A': ['9.1.1.1'] };
    const why = 'the mail servers of example.test are not known: DNS did not answer in time';
    expect(await routeTo('example.test', zone, { dnsTimeout: 100 })).toEqual({ is: 'unreachable', why });
    const dns = await DnsServer.of(zone);
    const resolver = nodeResolver({ servers: [dns.address], timeout: 100, tries: 1 });
    expect(await planRoute({ is: 'mx', domain: 'example.test' }, routeMeans(dns, { resolver }))).toMatchObject({
      is: 'unreachable',
    });
  });

  it('at once when it is stopped, however long DNS would take', async () => {
    const stop = new AbortController();
    const dns = await DnsServer.start(() => {
      stop.abort();
      return 'silence';
    });
    const resolver = nodeResolver({ servers: [dns.address], timeout: 60_000, tries: 1 });
    const means = routeMeans(dns, { resolver, signal: stop.signal, dnsTimeout: 60_000 });
    expect(await planRoute({ is: 'mx', domain: 'example.test' }, means)).toMatchObject({
      is: 'unreachable',
      why: expect.stringContaining('did not answer in time') as string,
    });
  });
});

describe('the plan says of an MX host', () => {
  it('why its addresses are not connected to', async () => {
    const addresses = {
      '127.0.0.1': 'is loopback',
      '10.0.0.1': 'is private (RFC 1918)',
      '169.254.1.1': 'is link-local (RFC 3927)',
      '192.5.5.5': 'is an address of this machine',
      '::1': 'is loopback',
      '::ffff:127.0.0.1': 'is an IPv4 address in IPv6 (RFC 4291)',
      '::ffff:9.1.1.1': 'is an IPv4 address in IPv6 (RFC 4291)',
      'fd00::1': 'is unique-local (RFC 4193)',
      '2a00:1450:0::5': 'is an address of this machine',
    };
    for (const [address, why] of Object.entries(addresses)) {
      const type = address.includes(':') ? 'AAAA' : 'A';
      const zone: Zone = { 'example.test MX': ['1 mx.example.test'], [`mx.example.test ${type}`]: [address] };
      const route = await routeTo('example.test', zone, { mayConnect: strict });
      expect(route, address).toMatchObject({ hosts: [{ addresses: [{ verdict: { is: 'forbidden', why } }] }] });
    }
  });

  it('that it has no address, or no name that a host can have, and the others remain', async () => {
    const route = await routeTo('example.test', {
      'example.test MX': ['1 gone.example.test', '2 1.2.3.4', '3 .', '4 broken.example.test', '5 mx.example.test'],
      'broken.example.test A': 'SERVFAIL',
      'mx.example.test A': ['9.1.1.1'],
    });
    const problems = (route as OpenRoute).hosts.map(({ problem }) => problem);
    expect(problems).toEqual([
      'gone.example.test has no address',
      '"1.2.3.4" is no host name',
      '"" is no host name',
      expect.stringMatching(/^DNS: /),
      undefined,
    ]);
  });

  it('all in data that survives JSON', async () => {
    const route = await routeTo('example.test', {
      'example.test MX': ['1 mx.example.test', '2 gone.example.test'],
      'mx.example.test A': ['9.1.1.1', '10.0.0.1'],
    });
    expect(JSON.parse(JSON.stringify(route))).toEqual(route);
  });
});

describe('a server that the operator has named', () => {
  it('is looked up by its name and judged like all others', async () => {
    const dns = await DnsServer.of({ 'sink.example.test A': ['10.1.1.1'] });
    const means = routeMeans(dns, { mayConnect: strict });
    expect(await planRoute({ is: 'server', host: 'sink.example.test', port: 2525 }, means)).toMatchObject({
      by: 'server',
      hosts: [
        { host: 'sink.example.test', port: 2525, addresses: [{ address: '10.1.1.1', verdict: { is: 'forbidden' } }] },
      ],
    });
    expect(await planRoute({ is: 'server', host: '127.0.0.1', port: 2525 }, means)).toMatchObject({
      hosts: [{ addresses: [{ verdict: { is: 'forbidden', why: 'is loopback' } }] }],
    });
  });

  it.each([
    ['', 25],
    ['localhost:25', 25],
    ['sink.example.test', 0],
    ['sink.example.test', 65_536],
    ['sink.example.test', 2.5],
  ])('is refused as %j at port %d', async (host, port) => {
    const route = await planRoute({ is: 'server', host, port }, routeMeans(await DnsServer.of({})));
    expect(route).toMatchObject({ is: 'refused' });
  });
});
