import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { sha256 } from '../support/captures.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { temporaryDirectory } from '../support/temporary.ts';

peer('nats-server')('a sensor whose cluster has lost most of its servers', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start({ count: 3 })), 180_000);
  afterAll(() => nats.stop());

  function letters(name: string, count: number) {
    return Array.from({ length: count }, (_, index) => ({
      from: 'a@example.org',
      to: ['b@example.net'],
      content: Buffer.from(`Subject: ${name} ${index}\r\n\r\n`),
    }));
  }

  it('takes mail as ever, keeps it, and hands it on when they are back', async () => {
    const sensor = await Sensor.start({
      command: 'serve-relay',
      dataDir: join(temporaryDirectory(), 'data'),
      config: {
        cluster: { servers: nats.places, lease: '4s', connectTimeout: '2s' },
        outputs: { stream: { type: 'nats', from: 'start', confirmTimeout: '2s' } },
        daybook: { keep: 'no' },
      },
    });
    onTestFinished(() => sensor.signal('SIGKILL'));
    await sendOver(sensor.port, 1, letters('before', 10).values());
    await sensor.event('output.connected');
    await Promise.all(['n1', 'n3'].map((name) => nats.kill(name)));
    await sendOver(sensor.port, 2, letters('during', 50).values());
    expect(sensor.told('capture.accepted').length + sensor.told('capture.refused').length).toBeLessThanOrEqual(60);
    await sensor.times('capture.accepted', 60);
    await sensor.event('output.failed');
    await sensor.event('cluster.lost');
    // It dies too, and knows everything when it comes back.
    sensor.signal('SIGKILL');
    await sensor.ended;
    const again = await Sensor.start({
      command: 'serve-relay',
      dataDir: sensor.dataDir,
      config: {
        cluster: { servers: nats.places, lease: '4s', connectTimeout: '2s' },
        outputs: { stream: { type: 'nats', from: 'start', confirmTimeout: '2s' } },
        daybook: { keep: 'no' },
      },
    });
    onTestFinished(() => again.signal('SIGKILL'));
    for (const name of ['n3', 'n1']) nats.begin(name);
    const expected = [...letters('before', 10), ...letters('during', 50)].map(({ content }) => sha256(content));
    const missing = async () => {
      const seen = new Set((await arrivedIn(nats.places, 'SPAM').catch(() => [])).map(({ bytes }) => sha256(bytes)));
      return expected.filter((hash) => !seen.has(hash)).length;
    };
    await expect.poll(missing, { timeout: 60_000, interval: 500 }).toBe(0);
    await again.event('cluster.joined');
    await again.stop();
  }, 180_000);
});
