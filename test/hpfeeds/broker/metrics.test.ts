import { expect, it, onTestFinished } from 'vitest';
import { statusPages } from '../../../src/lib/hpfeeds/broker/status-pages.ts';
import { servePages } from '../../../src/lib/net/pages.ts';
import { RawClient } from '../raw-client.ts';
import { reader, startBroker, TestUsers, user, writer } from '../scene.ts';

it('counts under the names that dashboards know', async () => {
  const odd = { ...user('odd"\\\n', ['c'], ['c']), owner: 'who"' };
  const { broker, port, noticed } = await startBroker({ users: new TestUsers(writer, reader, odd) });
  const listener = await RawClient.as(reader, port);
  listener.say({ operation: 'subscribe', ident: 'reader', channel: 'spam.mails' });
  await listener.echo('reader');
  const publisher = await RawClient.as(writer, port);
  const head = 5 + 2 + 'writer'.length + 'spam.mails'.length;
  for (const size of [1_024, 1_025, 4_096, 1_000_000]) {
    const payload = Buffer.alloc(size - head);
    publisher.say({ operation: 'publish', ident: 'writer', channel: 'spam.mails', payload });
  }
  await publisher.echo('writer');
  await (await RawClient.as(odd, port)).echo(odd.ident);
  await (await RawClient.as({ ...writer, ident: 'stranger' }, port)).refused();
  publisher.socket.destroy();
  await noticed('left');

  const status = await servePages(
    { address: '127.0.0.1', port: 0 },
    statusPages(() => broker.expose()),
  );
  onTestFinished(() => status.close());
  const at = `http://127.0.0.1:${status.port}`;
  const healthy = await fetch(`${at}/healthz`);
  expect([healthy.status, await healthy.text()]).toEqual([200, 'ok\n']);
  expect((await fetch(`${at}/other`)).status).toBe(404);
  expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(405);
  const answer = await fetch(`${at}/metrics`);
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  const lines = (await answer.text()).split('\n');
  const labels = 'ident="writer",chan="spam.mails"';
  for (const line of [
    '# TYPE hpfeeds_broker_client_connections gauge',
    'hpfeeds_broker_client_connections 2',
    'hpfeeds_broker_connection_made_total 4',
    'hpfeeds_broker_connection_ready_total{ident="writer"} 1',
    'hpfeeds_broker_connection_lost_total{ident="writer"} 1',
    'hpfeeds_broker_connection_error_total{ident="unknown",category="invalid-ident"} 1',
    'hpfeeds_broker_subscriptions{ident="reader",chan="spam.mails"} 1',
    `hpfeeds_broker_receive_publish_count_total{${labels}} 4`,
    '# TYPE hpfeeds_broker_receive_publish_size histogram',
    `hpfeeds_broker_receive_publish_size_bucket{${labels},le="1024.0"} 1`,
    `hpfeeds_broker_receive_publish_size_bucket{${labels},le="2048.0"} 2`,
    `hpfeeds_broker_receive_publish_size_bucket{${labels},le="4096.0"} 3`,
    `hpfeeds_broker_receive_publish_size_bucket{${labels},le="1.048576e+06"} 4`,
    `hpfeeds_broker_receive_publish_size_bucket{${labels},le="+Inf"} 4`,
    `hpfeeds_broker_receive_publish_size_count{${labels}} 4`,
    `hpfeeds_broker_receive_publish_size_sum{${labels}} 1006145`,
    'hpfeeds_client_authenticated_connections{ident="odd\\"\\\\\\n",owner="who\\""} 1',
  ]) {
    expect(lines).toContain(line);
  }
  // What strangers call themselves makes no series.
  expect(lines.some((line) => line.includes('stranger'))).toBe(false);
});
