import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finish } from '../e2e/commands.ts';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { output } from '../outputs/nats/nats-output.ts';
import { sha256 } from '../support/captures.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { command, newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Background, keptIn, letter } from './scene.ts';

peer('nats-server')('a bridge between hpfeeds and a stream', () => {
  let cluster: NatsCluster;
  beforeAll(async () => void (cluster = await NatsCluster.start()), 120_000);
  afterAll(() => cluster.stop());

  it('takes publishers in, serves subscribers, and carries nothing in circles', async () => {
    const dataDir = newDataDir();
    const broker = await Sensor.start({ command: 'broker', dataDir, port: 0 });
    const received = temporaryDirectory();
    const reader = new Background(['subscribe', '--data-dir', dataDir, '--eml', received]);
    await reader.says('listening to');
    const here = letter('from the stream');
    await output(cluster, { stream: { name: 'SPAM' }, subject: 'spam.mails' }).deliver([here]);
    const bridge = new Background(['bridge', `nats://${cluster.places[0]}/SPAM/hpfeeds`, '--data-dir', dataDir]);
    await expect.poll(() => keptIn(received), { timeout: 30_000 }).toEqual([here.facts.sha256]);
    await broker.event('broker.joined', ({ ident }) => ident === 'bridge');

    const file = join(temporaryDirectory(), 'sample.eml');
    const bytes = Buffer.from('Subject: from hpfeeds\r\n\r\n\xff\r\n', 'latin1');
    writeFileSync(file, bytes);
    await bridge.says('carrying spam.mails of');
    const published = await finish(command, ['publish', file, '--data-dir', dataDir, '--handover', 'stored']);
    expect(published).toMatchObject({ code: 0, stderr: '' });
    await expect.poll(async () => (await arrivedIn(cluster.places, 'SPAM')).length, { timeout: 30_000 }).toBe(2);
    const more = letter('another one');
    await output(cluster, { stream: { name: 'SPAM' }, subject: 'spam.mails' }).deliver([more]);
    await expect.poll(() => keptIn(received).length, { timeout: 30_000 }).toBe(3);
    const [, brought, ...rest] = await arrivedIn(cluster.places, 'SPAM');
    expect(rest).toHaveLength(1);
    expect(sha256(brought!.bytes)).toBe(sha256(bytes));
    expect(brought!.headers).toMatchObject({ 'Spamtrap-Ident': 'sensor', 'Spamtrap-Channel': 'spam.mails' });
    // No bridge of this broker carries it back.
    expect(brought!.headers['Spamtrap-Bridge']).toMatch(/^127\.0\.0\.1:\d+$/);
    // What it brought itself has passed by it, and was confirmed.
    await expect
      .poll(async () => (await (await cluster.manager()).consumers.info('SPAM', 'hpfeeds')).ack_floor.stream_seq)
      .toBe(3);
    bridge.child.kill('SIGTERM');
    expect(await bridge.ended).toBe(0);
  }, 120_000);

  it('keeps publishers waiting while the stream takes nothing, and loses nothing', async () => {
    const dataDir = newDataDir();
    await Sensor.start({ command: 'broker', dataDir, port: 0 });
    const own = await NatsCluster.start();
    const place = `nats://${own.places[0]}/WAITS/hpfeeds`;
    const bridge = new Background(['bridge', place, '--carry', 'in', '--data-dir', dataDir]);
    await bridge.says('carrying spam.mails of');
    await own.kill('n1');
    const file = join(temporaryDirectory(), 'sample.eml');
    writeFileSync(file, 'Subject: waits\r\n');
    const publishing = finish(command, ['publish', file, '--data-dir', dataDir, '--handover', 'stored']);
    await bridge.says('next attempt in');
    own.begin('n1');
    expect(await publishing).toMatchObject({ code: 0, stderr: '' });
    expect(await arrivedIn(own.places, 'WAITS')).toHaveLength(1);
    await own.stop();
  }, 120_000);
});
