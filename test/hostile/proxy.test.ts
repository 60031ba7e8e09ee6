import { describe, expect, it } from 'vitest';
import { Networks, readNetwork } from '../../src/lib/net/network.ts';
import { Scene, type SceneOptions } from '../support/hostile-scene.ts';

const loopback = readNetwork('127.0.0.1');
const proxies = new Networks(loopback.is === 'network' ? [loopback.network] : []);

const behindProxy = (options: SceneOptions = {}) =>
  Scene.open({ ...options, settings: { proxies, ...options.settings } });

const header = (address: string) => `PROXY TCP4 ${address} 192.0.2.25 4711 25\r\n`;
const message = 'EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\none\r\n.\r\nQUIT\r\n';

describe('a proxy that is trusted', () => {
  it('brings a peer, whose address is the evidence', async () => {
    const scene = await behindProxy();
    const peer = scene.peer().write(header('203.0.113.9'));
    await peer.hears('220 ');
    peer.write(message);
    await peer.hears('221 ');
    const [capture] = await scene.captures();
    expect(capture?.facts.evidence).toMatchObject({
      peer: { address: '203.0.113.9', port: 4711 },
      proxy: { address: '127.0.0.1' },
    });
  });

  it('may bring all that the peer says in the same segment', async () => {
    const scene = await behindProxy();
    await scene
      .peer()
      .write(header('203.0.113.9') + message)
      .hears('221 ');
    expect(await scene.captures()).toHaveLength(1);
  });

  it('may say its line byte by byte', async () => {
    const scene = await behindProxy();
    const peer = scene.peer();
    for (const byte of header('203.0.113.9')) peer.write(byte);
    await peer.hears('220 ');
    peer.write(message);
    await peer.hears('221 ');
  });

  it('brings peers in TLS from the first byte', async () => {
    const scene = await behindProxy({ tls: 'implicit' });
    const peer = scene.peer().write(header('203.0.113.9'));
    await peer.isConnected();
    await peer.secure();
    await peer.hears('220 ');
    peer.write(message);
    await peer.hears('221 ');
  });

  it('has the limits of its peers, not those of its own address', async () => {
    const scene = await behindProxy({ limits: { perAddress: 1, perNetwork: 2 } });
    await scene.peer().write(header('203.0.113.9')).hears('220 ');
    await scene
      .peer()
      .write(header('203.0.113.9'))
      .hears('421 4.7.0 mail.example.test Error: too many connections from 203.0.113.9');
    await scene.peer().write(header('203.0.113.10')).hears('220 ');
    await scene.peer().write(header('203.0.113.11')).hears('421 ');
    await scene.peer().write(header('198.51.100.1')).hears('220 ');
    expect(scene.told('session.rejected').map(({ peer, limit }) => `${peer} ${limit}`)).toEqual([
      '203.0.113.9 relay.limits.perAddress',
      '203.0.113.11 relay.limits.perNetwork',
    ]);
  });

  it.each([
    ['nothing of the kind', 'EHLO me\r\n'],
    ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
    ['a port that is none', 'PROXY TCP4 1.2.3.4 5.6.7.8 70000 25\r\n'],
    ['a line without end', `PROXY UNKNOWN ${'x'.repeat(10_000)}`],
    ['a version that is none', '\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c'],
    ['64 KiB of extras', '\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff'],
    ['a hello of TLS', '\x16\x03\x01\x02\x00\x01'],
  ])('is cut off when it says %s, without a word', async (_, text) => {
    const scene = await behindProxy();
    const peer = scene.peer().write(text);
    await peer.isClosed();
    expect(peer.received).toBe('');
    expect(scene.told('proxy.failed')).toHaveLength(1);
    expect(scene.told('session.opened')).toEqual([]);
  });

  it('is cut off when it says nothing for too long', async () => {
    const scene = await behindProxy({ limits: { handshake: 50 } });
    const peer = scene.peer().write('PROXY TCP4 ');
    await peer.isClosed();
    expect(scene.told('proxy.failed')).toHaveLength(1);
  });

  it('does no harm when it is gone in the middle of its line', async () => {
    const scene = await behindProxy({ limits: { connections: 1 } });
    for (let count = 1; count <= 5; count++) {
      const peer = scene.peer().write('PROXY TCP4 1.2');
      await peer.isConnected();
      peer.reset();
      await scene.happens('proxy.failed', count);
    }
    await scene.peer().write(header('203.0.113.9')).hears('220 ');
  });
});

describe('a peer that nobody trusts', () => {
  it('cannot say who it is', async () => {
    const scene = await Scene.open();
    const peer = scene.peer();
    await peer.hears('220 ');
    expect(await peer.ask(header('203.0.113.9'))).toMatch(/^500 /);
    expect(scene.told('session.opened')[0]).toMatchObject({ peer: '127.0.0.1' });
  });
});
