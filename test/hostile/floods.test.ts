import { describe, expect, it } from 'vitest';
import type { Peer } from '../support/hostile-peer.ts';
import { growthDuring, peerOf, pour, startRelay, startSensor } from '../support/hostile-sensor.ts';
import { capturesOnDisk } from '../support/journals.ts';
import type { Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const KiB = 2 ** 10;
const MiB = 2 ** 20;
const GiB = 2 ** 30;
/** By so much memory may go up and down; a flood that was kept would be many times as much. */
const flat = 128 * MiB;

const block = Buffer.alloc(256 * KiB, 'A');
const small = { content: Buffer.from('Subject: small\r\n\r\n') };

async function isServed(sensor: Sensor): Promise<void> {
  const client = await SmtpClient.connect(sensor.port);
  expect(await client.send(small)).toMatchObject({ code: 250 });
  await client.quit();
}

async function greeted(sensor: Sensor, hello = 'EHLO me\r\n'): Promise<Peer> {
  const peer = peerOf(sensor);
  await peer.hears('220 ');
  await peer.ask(hello);
  return peer;
}

async function inContent(sensor: Sensor): Promise<Peer> {
  const peer = await greeted(sensor);
  for (const line of ['MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA']) await peer.ask(`${line}\r\n`);
  return peer;
}

/**
 * What was there before the first flood is no measure: what is read becomes garbage, and before the first of it is
 * collected there are some hundred megabytes of it. They come once, however much follows.
 */
async function warmSensor(relay: object = {}): Promise<Sensor> {
  const sensor = await startRelay(relay);
  const growth = await growthDuring(sensor, async () => {
    const peer = await inContent(sensor);
    await pour(peer, block, 256 * MiB);
    peer.write('\r\n.\r\n');
    await peer.hears('552 ');
    peer.destroy();
    await sensor.times('session.closed', 1);
  });
  expect(growth).toBeLessThan(192 * MiB);
  return sensor;
}

describe('memory stays flat, and others are served, while somebody sends', () => {
  it('a line of 1 GiB as the content of a message', async () => {
    const sensor = await warmSensor();
    const peer = await inContent(sensor);
    const growth = await growthDuring(sensor, async () => {
      const poured = pour(peer, block, GiB);
      await isServed(sensor);
      await poured;
      peer.write('\r\n.\r\n');
      await peer.hears('552 ');
    });
    expect(growth).toBeLessThan(flat);
    expect(await peer.ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
    await sensor.stop();
    expect(capturesOnDisk(sensor.dataDir)).toHaveLength(1);
  });

  it('a line of 256 MiB as a command', async () => {
    const sensor = await warmSensor();
    const peer = await greeted(sensor);
    const growth = await growthDuring(sensor, async () => {
      const poured = pour(peer, block, 256 * MiB);
      await isServed(sensor);
      await poured;
      expect(await peer.ask('\r\nNOOP\r\n')).toMatch(/^[25]/);
    });
    expect(growth).toBeLessThan(flat);
  });

  it('256 MiB of a chunk of 1 GiB, and goes away', async () => {
    const sensor = await warmSensor();
    const peer = await greeted(sensor);
    const growth = await growthDuring(sensor, async () => {
      for (const line of ['MAIL FROM:<a@b>', 'RCPT TO:<c@d>']) await peer.ask(`${line}\r\n`);
      peer.write(`BDAT ${GiB} LAST\r\n`);
      const poured = pour(peer, block, 256 * MiB);
      await isServed(sensor);
      await poured;
      peer.reset();
      await sensor.times('session.closed', 3);
    });
    expect(growth).toBeLessThan(flat);
    expect(sensor.told('limit.reached')).toHaveLength(1);
  });

  it('a message of 60 MiB that is kept, in lines of one byte', async () => {
    const sensor = await warmSensor({ limits: { messageSize: '64 MiB' } });
    const peer = await inContent(sensor);
    const lines = Buffer.from('x\r\n'.repeat(80 * KiB));
    const growth = await growthDuring(sensor, async () => {
      await pour(peer, lines, 60 * MiB);
      peer.write('.\r\n');
      await peer.hears('queued as');
    });
    expect(growth).toBeLessThan(flat);
  });

  it('60 messages at a time, in which each line is a dot, and keeps them all', async () => {
    const sensor = await warmSensor();
    const lines = Buffer.from('..\r\n'.repeat(10 * KiB));
    const peers = await Promise.all(Array.from({ length: 60 }, () => inContent(sensor)));
    const growth = await growthDuring(sensor, async () => {
      const poured = peers.map((peer) => pour(peer, lines, 30 * lines.length));
      await isServed(sensor);
      await Promise.all(poured);
      for (const peer of peers) peer.write('.\r\n');
      await Promise.all(peers.map((peer) => peer.hears('queued as')));
    });
    // 54 MiB are under way at once, and there a second time while they are written.
    expect(growth).toBeLessThan(2 * flat);
    expect(sensor.told('journal.refusing')).toEqual([]);
    const sizes = capturesOnDisk(sensor.dataDir).map(({ facts }) => facts.size);
    expect(sizes.filter((size) => size === (30 * lines.length * 3) / 4)).toHaveLength(60);
  });

  it('1,000,000 recipients', async () => {
    const sensor = await warmSensor({ limits: { errors: 5 } });
    const peer = await greeted(sensor);
    const recipients = Buffer.from('RCPT TO:<victim@example.net>\r\n'.repeat(1_000));
    const growth = await growthDuring(sensor, async () => {
      await peer.ask('MAIL FROM:<a@b>\r\n');
      const poured = pour(peer, recipients, 1_000 * recipients.length);
      await isServed(sensor);
      await poured;
      await peer.isClosed();
    });
    expect(growth).toBeLessThan(flat);
    expect(await sensor.event('session.closed', ({ endedBy }) => endedBy === 'limit')).toMatchObject({
      endedBy: 'limit',
      errors: 5,
    });
    expect(
      sensor
        .told('limit.reached')
        .map(({ limit }) => limit)
        .slice(1),
    ).toEqual(['relay.limits.recipients', 'relay.limits.errors']);
  });

  it('300,000 recipients to a server that bears any number of errors', async () => {
    const config = { lmtp: { limits: { recipients: 1_000, commands: 300_000 } } };
    const sensor = await startSensor({ command: 'serve-lmtp', config });
    const peer = await greeted(sensor, 'LHLO me\r\n');
    const recipients = Buffer.from('RCPT TO:<victim@example.net>\r\n'.repeat(1_000));
    const codes = new Map<string, number>();
    let rest = '';
    // All replies are read, and none of them is kept.
    peer.socket.removeAllListeners('data').on('data', (bytes) => {
      const lines = (rest + bytes.toString('latin1')).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) codes.set(line.slice(0, 3), (codes.get(line.slice(0, 3)) ?? 0) + 1);
    });
    const growth = await growthDuring(sensor, async () => {
      peer.write('MAIL FROM:<a@b>\r\n');
      await pour(peer, recipients, 400 * recipients.length);
      await peer.isClosed();
    });
    expect(growth).toBeLessThan(flat);
    // The greeting by LHLO, and MAIL, are commands too.
    expect(Object.fromEntries(codes)).toEqual({ 250: 1 + 1_000, 452: 300_000 - 2 - 1_000, 421: 1 });
  });

  it('commands for ever, and reads no reply', async () => {
    const sensor = await warmSensor({ limits: { errors: 1e9, junk: 1e9, idle: '3s' } });
    const peers = await Promise.all(Array.from({ length: 4 }, () => greeted(sensor)));
    const questions = Buffer.from('NOOP\r\n'.repeat(4_000));
    const growth = await growthDuring(sensor, async () => {
      for (const peer of peers) peer.socket.pause();
      const poured = peers.map((peer) => pour(peer, questions, GiB));
      await isServed(sensor);
      await sensor.times('limit.reached', peers.length + 1);
      await sensor.times('session.closed', peers.length + 2);
      for (const peer of peers) peer.destroy();
      await Promise.all(poured);
    });
    // What was answered already is held for each of them until the deadline.
    expect(growth).toBeLessThan(2 * flat);
    expect(
      new Set(
        sensor
          .told('limit.reached')
          .map(({ limit }) => limit)
          .slice(1),
      ),
    ).toEqual(new Set(['relay.limits.idle']));
    await isServed(sensor);
  });
});
