import { describe, expect, it } from 'vitest';
import { peerOf, startRelay } from '../support/hostile-sensor.ts';

describe('a sensor that is told to stop', () => {
  const config = {
    proxies: '127.0.0.1',
    limits: { handshake: '60s' },
  };

  it('does not wait for a proxy that says nothing', async () => {
    const sensor = await startRelay(config);
    const peer = peerOf(sensor).write('PROXY TCP4 ');
    await peer.isConnected();
    const from = Date.now();
    expect(await sensor.stop()).toMatchObject({ code: 0 });
    expect(Date.now() - from).toBeLessThan(15_000);
  });

  it('does not wait for a handshake that does not go on', async () => {
    const sensor = await startRelay({ limits: { handshake: '60s' } });
    const secure = sensor.told('listening').find(({ tls }) => tls === 'implicit')!;
    const peer = peerOf(sensor, { port: secure.port }).write('\x16\x03\x01');
    await sensor.event('session.opened');
    const from = Date.now();
    expect(await sensor.stop()).toMatchObject({ code: 0 });
    expect(Date.now() - from).toBeLessThan(15_000);
    await peer.isClosed();
  });
});
