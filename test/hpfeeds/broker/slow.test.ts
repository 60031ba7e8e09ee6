import { describe, expect, it } from 'vitest';
import { RawClient } from '../raw-client.ts';
import { reader, startBroker, writer, type RunningBroker } from '../scene.ts';

const MiB = 2 ** 20;
const payload = Buffer.alloc(64 * 1024, 7);
const mail = { operation: 'publish', ident: 'writer', channel: 'spam.mails', payload } as const;
const subscription = { operation: 'subscribe', ident: 'reader', channel: 'spam.mails' } as const;

/** A subscriber that has its subscription and then reads no more. */
async function stalled({ port }: RunningBroker): Promise<RawClient> {
  const client = await RawClient.as(reader, port);
  client.say(subscription);
  await client.echo('reader');
  client.socket.pause();
  return client;
}

function backlogOf({ broker }: RunningBroker): number {
  return Number(/hpfeeds_broker_connection_send_buffer_size\{ident="reader"\} (\d+)/.exec(broker.expose())?.[1]);
}

/** Publishes until everything has been read by the broker. */
async function publish(client: RawClient, megabytes: number): Promise<void> {
  for (let sent = 0; sent < megabytes * MiB; sent += payload.length) {
    client.say(mail);
    if (client.socket.writableNeedDrain) await new Promise((resolve) => client.socket.once('drain', resolve));
  }
}

describe('a subscriber that does not read', () => {
  it('misses what does not fit, and the publisher goes on', async () => {
    const scene = await startBroker({ whenSlow: 'drop', limits: { backlog: 4 * MiB } });
    const slow = await stalled(scene);
    const publisher = await RawClient.as(writer, scene.port);
    await publish(publisher, 200);
    await publisher.echo('writer');
    expect(backlogOf(scene)).toBeLessThanOrEqual(4 * MiB);
    expect(scene.broker.metrics.ident('reader').dropped).toBeGreaterThan(1_000);
    expect(await scene.noticed('slow')).toMatchObject({ ident: 'reader' });
    slow.socket.resume();
    const { dropped } = await scene.noticed('recovered');
    expect(dropped).toBe(scene.broker.metrics.ident('reader').dropped);
    publisher.say({ ...mail, payload: Buffer.from('after') });
    await publisher.echo('writer');
    await slow.echo('reader');
    expect(slow.published.at(-1)?.payload.toString()).toBe('after');
    expect(slow.published.length + dropped).toBe(200 * 16 + 1);
  });

  it('is sent away after a while', async () => {
    const scene = await startBroker({ whenSlow: 'close', limits: { backlog: 4 * MiB, slowFor: 300 } });
    await stalled(scene);
    const publisher = await RawClient.as(writer, scene.port);
    await publish(publisher, 50);
    expect(await scene.noticed('refused')).toMatchObject({ ident: 'reader', category: 'deadline-timer-expired' });
    await scene.noticed('left');
    await publisher.echo('writer');
    expect(scene.broker.expose()).toContain(
      'connection_error_total{ident="reader",category="deadline-timer-expired"} 1',
    );
  });

  it('keeps publishers waiting, and then misses nothing', async () => {
    const scene = await startBroker({ whenSlow: 'wait', limits: { backlog: 4 * MiB } });
    const slow = await stalled(scene);
    const publisher = await RawClient.as(writer, scene.port);
    const published = publish(publisher, 100);
    await scene.noticed('slow');
    // What one chunk of a publisher holds may come on top.
    expect(backlogOf(scene)).toBeLessThanOrEqual(5 * MiB);
    const bystander = await RawClient.as(reader, scene.port);
    await bystander.echo('reader');
    slow.socket.resume();
    await published;
    await publisher.echo('writer');
    await slow.echo('reader');
    expect(slow.published).toHaveLength(100 * 16);
    expect(scene.broker.metrics.ident('reader').dropped).toBe(0);
  });

  it('that keeps publishers waiting for too long is sent away, and they go on', async () => {
    const scene = await startBroker({ whenSlow: 'wait', limits: { backlog: 4 * MiB, slowFor: 300 } });
    await stalled(scene);
    const publisher = await RawClient.as(writer, scene.port);
    await publish(publisher, 100);
    await publisher.echo('writer');
    expect(await scene.noticed('refused')).toMatchObject({ category: 'deadline-timer-expired' });
  });

  it('shares what may wait with all the others', async () => {
    const limits = { backlog: 64 * MiB, backlogs: 16 * MiB };
    const scene = await startBroker({ whenSlow: 'drop', limits });
    await stalled(scene);
    await stalled(scene);
    const publisher = await RawClient.as(writer, scene.port);
    await publish(publisher, 100);
    await publisher.echo('writer');
    expect(backlogOf(scene)).toBeLessThanOrEqual(17 * MiB);
  });
});
