import { describe, expect, it } from 'vitest';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { anyServer } from '../support/hostile-peer.ts';
import { Scene } from '../support/hostile-scene.ts';

/** What a real client says first. */
async function clientHello(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const wire = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => (resolve(chunk), done()),
  });
  const client = connectTls({ socket: wire, servername: 'sni.example.test', ...anyServer });
  client.on('error', () => undefined);
  const hello = await promise;
  client.destroy();
  return hello;
}

const implicit = () => Scene.open({ tls: 'implicit', limits: { connections: 50, handshake: 500 } });

async function isServed(scene: Scene): Promise<void> {
  const peer = scene.peer({ tls: anyServer });
  await peer.hears('220 ');
  peer.write('EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\none\r\n.\r\nQUIT\r\n');
  await peer.hears('221 ');
}

describe('the port where TLS is spoken from the first byte', () => {
  it.each([
    ['plain SMTP', Buffer.from('EHLO me\r\nMAIL FROM:<a@b>\r\n')],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['SSL 2', Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0'.padEnd(96, '0'), 'hex')],
    ['a record longer than records are', Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(70_000, 1)])],
    ['a hello that is all zeros', Buffer.concat([Buffer.from('1603014000', 'hex'), Buffer.alloc(16_384)])],
    ['a hello whose lengths lie', Buffer.from('1603010030010000ff0303'.padEnd(106, 'f'), 'hex')],
    ['a hello of nothing', Buffer.from('1603010000', 'hex')],
    ['an alert', Buffer.from('15030100020228', 'hex')],
    ['a heartbeat that asks for more than it brings', Buffer.from('1803020003014000', 'hex')],
    ['all zeros', Buffer.alloc(100_000)],
    ['all ones', Buffer.alloc(100_000, 0xff)],
  ])('is not moved by %s, and serves others', async (_, bytes) => {
    const scene = await implicit();
    const peer = scene.peer().write(bytes);
    // Of some of them the end has not come yet; then it is the deadline that ends them.
    await peer.isClosed();
    await scene.happens('session.closed');
    expect(scene.told('tls.failed').length + scene.limits.length).toBeGreaterThan(0);
    expect(peer.received).not.toMatch(/^\d{3}[ -]/m);
    await isServed(scene);
    expect(scene.told('session.failed')).toEqual([]);
  });

  it('takes a hello that comes byte by byte', async () => {
    const scene = await implicit();
    const peer = scene.peer();
    for (const byte of await clientHello()) {
      peer.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // It goes no further here: that the server answers with a hello of its own is enough.
    await peer.hears(/^\x16\x03/);
    await isServed(scene);
  });

  it('takes a hello with all of its bytes wrong, one after the other', async () => {
    const scene = await implicit();
    const hello = await clientHello();
    let sent = 0;
    for (let at = 0; at < hello.length; at += 7) {
      const wrong = Buffer.from(hello);
      wrong[at] = wrong[at]! ^ 0xff;
      const peer = scene.peer().write(wrong);
      await peer.isConnected();
      peer.socket.end();
      sent++;
      await scene.happens('session.closed', sent);
    }
    expect(scene.told('session.failed')).toEqual([]);
    await isServed(scene);
  });

  it('forgets a thousand clients that go away in the middle of their handshakes', async () => {
    const scene = await implicit();
    const hello = await clientHello();
    for (let round = 0; round < 25; round++) {
      const peers = Array.from({ length: 40 }, () => scene.peer());
      for (const [index, peer] of peers.entries()) {
        await peer.isConnected();
        peer.write(hello.subarray(0, Math.ceil((hello.length * (index % 5)) / 4)));
        if (index % 2 === 0) peer.reset();
        else peer.socket.end();
      }
      await Promise.all(peers.map((peer) => peer.isClosed()));
    }
    // A few were gone before anybody looked at them, and were never sessions.
    while (scene.told('session.closed').length < scene.told('session.opened').length) {
      await scene.happens('session.closed', scene.told('session.closed').length + 1);
    }
    await isServed(scene);
    expect(scene.told('session.failed')).toEqual([]);
    expect(scene.told('tls.started')).toHaveLength(1);
  });

  it('tells what a client asked for whose handshake fails', async () => {
    const scene = await implicit();
    const hello = await clientHello();
    const peer = scene.peer().write(hello);
    await peer.hears(/^\x16\x03/);
    peer.write('this is no finished message');
    const [failed] = await scene.happens('tls.failed');
    expect(failed).toMatchObject({ sni: 'sni.example.test' });
  });

  it('refuses versions that are too old', async () => {
    const scene = await implicit();
    const client = connectTls({
      port: scene.port,
      host: '127.0.0.1',
      ...anyServer,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
      ciphers: 'NULL-SHA256:@SECLEVEL=0',
    });
    const [error] = (await once(client, 'error')) as [Error];
    expect(error).toBeInstanceOf(Error);
    await scene.happens('tls.failed');
    await isServed(scene);
  });
});

describe('a plain port', () => {
  it('takes a hello of TLS for a line that does not end', async () => {
    const scene = await Scene.open({ limits: { idle: 200 } });
    const peer = scene.peer();
    await peer.hears('220 ');
    peer.write(await clientHello());
    await peer.isClosed();
    expect(scene.told('tls.started')).toEqual([]);
    expect(scene.told('session.failed')).toEqual([]);
  });
});
