import { describe, expect, it } from 'vitest';
import { Networks, readNetwork } from '../../src/lib/net/network.ts';
import { Scene } from '../support/hostile-scene.ts';

const busy = (address: string) => `421 4.7.0 mail.example.test Error: too many connections from ${address}`;

const networks = (...texts: readonly string[]) =>
  new Networks(
    texts.map((text) => {
      const reading = readNetwork(text);
      if (reading.is !== 'network') throw new Error(reading.why);
      return reading.network;
    }),
  );

const rejections = (scene: Scene) => scene.told('session.rejected').map(({ peer, limit }) => `${peer} ${limit}`);

async function isTaken(scene: Scene, from?: string): Promise<void> {
  await scene.peer(from === undefined ? {} : { from }).hears('220 ');
}

async function isTurnedAway(scene: Scene, from: string): Promise<void> {
  const peer = scene.peer({ from });
  await peer.hears(busy(from));
  await peer.isClosed();
}

describe('connections', () => {
  it('are limited in all, and a place that is left can be taken', async () => {
    const scene = await Scene.open({ limits: { connections: 2 } });
    const one = scene.peer();
    await one.hears('220 ');
    await isTaken(scene, '127.0.1.1');
    await isTurnedAway(scene, '127.0.2.1');
    expect(rejections(scene)).toEqual(['127.0.2.1 relay.limits.connections']);
    one.destroy();
    await scene.happens('session.closed');
    await isTaken(scene, '127.0.2.1');
  });

  it('are limited for each address', async () => {
    const scene = await Scene.open({ limits: { perAddress: 2 } });
    const one = scene.peer({ from: '127.0.0.2' });
    await one.hears('220 ');
    await isTaken(scene, '127.0.0.2');
    await isTurnedAway(scene, '127.0.0.2');
    await isTaken(scene, '127.0.0.3');
    expect(rejections(scene)).toEqual(['127.0.0.2 relay.limits.perAddress']);
    one.reset();
    await scene.happens('session.closed');
    await isTaken(scene, '127.0.0.2');
  });

  it('are limited for each network', async () => {
    const scene = await Scene.open({ limits: { perNetwork: 2 } });
    await isTaken(scene, '127.0.0.2');
    await isTaken(scene, '127.0.0.3');
    await isTurnedAway(scene, '127.0.0.4');
    await isTaken(scene, '127.0.1.4');
    expect(rejections(scene)).toEqual(['127.0.0.4 relay.limits.perNetwork']);
  });

  it('that were turned away a thousand times take no place', async () => {
    const scene = await Scene.open({ limits: { connections: 1 } });
    const one = scene.peer();
    await one.hears('220 ');
    for (let count = 0; count < 20; count++) {
      await Promise.all(Array.from({ length: 50 }, () => scene.peer().isClosed()));
    }
    one.write('QUIT\r\n');
    await scene.happens('session.closed');
    await isTaken(scene);
    expect(rejections(scene)).toHaveLength(1_000);
  });

  it('in TLS from the first byte are turned away without a word', async () => {
    const scene = await Scene.open({ tls: 'implicit', limits: { connections: 1 } });
    const one = scene.peer({ tls: { rejectUnauthorized: false } });
    await one.hears('220 ');
    const two = scene.peer();
    await two.isClosed();
    expect(two.received).toBe('');
  });
});

describe('the tarpit', () => {
  const tarpit = { networks: networks('127.0.9.0/24'), delay: 50, slots: 2, memory: 0 };

  it('has slots of its own: who is in it takes no place of others, and others take none of its', async () => {
    const scene = await Scene.open({ limits: { connections: 1 }, settings: { tarpit } });
    await isTaken(scene, '127.0.9.1');
    await isTaken(scene, '127.0.9.2');
    await isTurnedAway(scene, '127.0.9.3');
    await isTaken(scene, '127.0.0.2');
    await isTurnedAway(scene, '127.0.0.3');
    expect(rejections(scene)).toEqual(['127.0.9.3 relay.tarpit.slots', '127.0.0.3 relay.limits.connections']);
  });

  it('takes its own also when all other places are taken', async () => {
    const scene = await Scene.open({ limits: { connections: 1 }, settings: { tarpit } });
    await isTaken(scene, '127.0.0.2');
    await isTaken(scene, '127.0.9.1');
  });

  it('answers late, each time', async () => {
    const scene = await Scene.open({ settings: { tarpit } });
    const from = Date.now();
    const peer = scene.peer({ from: '127.0.9.1' });
    await peer.hears('220 ');
    peer.write('EHLO me\r\nNOOP\r\nNOOP\r\nQUIT\r\n');
    await peer.hears('221 ');
    // Timers may be a millisecond early.
    expect(Date.now() - from).toBeGreaterThanOrEqual(5 * 49);
  });

  it('answers others at once, however many commands wait in it', async () => {
    const scene = await Scene.open({ settings: { tarpit: { ...tarpit, delay: 60_000 } } });
    const slow = [scene.peer({ from: '127.0.9.1' }), scene.peer({ from: '127.0.9.2' })];
    for (const peer of slow) peer.write('NOOP\r\n'.repeat(100_000));
    await scene.happens('session.opened', 2);
    const other = scene.peer();
    await other.hears('220 ');
    expect(await other.ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
    expect(slow.map(({ received }) => received)).toEqual(['', '']);
  });

  it('gives its slot back when a peer is gone while it waits', async () => {
    const scene = await Scene.open({ settings: { tarpit: { ...tarpit, slots: 1, delay: 30 } } });
    for (let count = 1; count <= 4; count++) {
      const peer = scene.peer({ from: '127.0.9.1' }).write('EHLO me\r\nNOOP\r\nNOOP\r\n');
      await scene.happens('session.opened', count);
      peer.reset();
      await scene.happens('session.closed', count);
    }
    expect(rejections(scene)).toEqual([]);
  });

  it('keeps whole what comes slowly', async () => {
    const scene = await Scene.open({ settings: { tarpit: { ...tarpit, delay: 5 } } });
    const peer = scene.peer({ from: '127.0.9.1' });
    peer.write(
      'EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\none\r\n.\r\nMAIL FROM:<e@f>\r\nRCPT TO:<g@h>\r\nBDAT 3 LAST\r\ntwoQUIT\r\n',
    );
    await peer.hears('221 ');
    expect((await scene.captures()).map(({ facts }) => facts.envelope.from)).toEqual(['a@b', 'e@f']);
  });

  it('remembers for a while who was cut off, and nobody else', async () => {
    let now = 0;
    const scene = await Scene.open({
      limits: { errors: 3 },
      settings: { tarpit: { ...tarpit, memory: 1_000, slots: 1, delay: 20 }, now: () => now },
    });
    const rude = scene.peer({ from: '127.0.0.2' }).write('X\r\n'.repeat(5));
    await rude.hears('421 ');
    await scene.happens('session.closed');
    await isTaken(scene, '127.0.0.2');
    await isTurnedAway(scene, '127.0.0.2');
    await isTaken(scene, '127.0.0.3');
    now = 2_000;
    await isTaken(scene, '127.0.0.2');
    await isTaken(scene, '127.0.0.2');
  });
});
