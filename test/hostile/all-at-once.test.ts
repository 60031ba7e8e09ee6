import { expect, it } from 'vitest';
import { sha256 } from '../support/captures.ts';
import { anyServer } from '../support/hostile-peer.ts';
import { peerOf, startRelay } from '../support/hostile-sensor.ts';
import { bytesOf, capturesOnDisk } from '../support/journals.ts';
import type { Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const envelope = 'EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n';

type Attack = (sensor: Sensor) => Promise<void>;

/** Says something, and goes as soon as it is closed, or when the server has nothing more to say for a moment. */
const saying =
  (text: string | Buffer, how: 'reset' | 'end'): Attack =>
  async (sensor) => {
    const peer = peerOf(sensor);
    await peer.hears('220 ');
    peer.write(text);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (how === 'reset') peer.reset();
    else peer.socket.end();
    await peer.isClosed();
  };

const attacks: readonly Attack[] = [
  saying('GET / HTTP/1.1\r\n\r\n', 'end'),
  saying('X\r\n'.repeat(15), 'reset'),
  saying('\0'.repeat(300_000), 'reset'),
  saying('\xff\xfb\x1f\x1b[2J\x9b\r\n'.repeat(5), 'end'),
  saying(`${envelope}DATA\r\nhalf`, 'reset'),
  saying(`${envelope}DATA\r\n${'x'.repeat(2_000_000)}`, 'reset'),
  saying(`${envelope}BDAT 999999999999999\r\n${'x'.repeat(500_000)}`, 'reset'),
  saying(`${envelope}BDAT -1\r\n`, 'end'),
  saying(`${envelope}${'BDAT 0\r\n'.repeat(5_000)}`, 'reset'),
  saying(`EHLO me\r\n${'AUTH PLAIN AGEAYg==\r\n'.repeat(10)}`, 'reset'),
  saying('EHLO me\r\nAUTH LOGIN\r\n', 'reset'),
  saying('EHLO me\r\nSTARTTLS\r\nMAIL FROM:<injected@example.org>\r\n', 'reset'),
  saying('EHLO me\r\nSTARTTLS\r\n', 'end'),
  saying('RCPT TO:<a@b>\r\n'.repeat(10_000), 'reset'),
  saying('NOOP\r\n'.repeat(10_000), 'reset'),
  saying('\r\n'.repeat(1_000), 'end'),
  // Half a message behind a whole one, and gone before the whole one is on disk.
  saying(`${envelope}DATA\r\nwhole\r\n.\r\nMAIL FROM:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\nhalf`, 'reset'),
  async (sensor) => {
    const peer = peerOf(sensor);
    await peer.isConnected();
    peer.reset();
  },
  async (sensor) => {
    const secure = sensor.told('listening').find(({ tls }) => tls === 'implicit')!;
    const peer = peerOf(sensor, { port: secure.port }).write('\x16\x03\x01\x02\x00\x01garbage\r\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.reset();
  },
  async (sensor) => {
    const secure = sensor.told('listening').find(({ tls }) => tls === 'implicit')!;
    const peer = peerOf(sensor, { port: secure.port, tls: anyServer });
    await peer.hears('220 ');
    peer.write(`${envelope}DATA\r\nhalf`);
    peer.reset();
  },
  async (sensor) => {
    const peer = peerOf(sensor);
    await peer.hears('220 ');
    peer.socket.pause();
    for (let count = 0; count < 20 && !peer.socket.destroyed; count++) peer.write('EHLO me\r\n'.repeat(1_000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    peer.reset();
  },
];

it('200 messages of an honest client are kept to the byte while everybody else does all of it at once', async () => {
  const sensor = await startRelay({ limits: { perAddress: 1_000, commands: 2_000, errors: 9 } });
  const attacked = { isOver: false, times: 0 };
  const attackers = Array.from({ length: 24 }, async (_, index) => {
    for (let turn = index; !attacked.isOver; turn++) {
      attacked.times++;
      // What becomes of an attack is no matter; many are cut off in the middle.
      await attacks[turn % attacks.length]!(sensor).catch(() => undefined);
    }
  });
  const client = await SmtpClient.connect(sensor.port);
  const sent: string[] = [];
  for (let count = 0; count < 200; count++) {
    const body = count % 20 === 0 ? 'x'.repeat(1_100_000) : '.\r\n..\r\n\rbare\n\xff\0'.repeat(count);
    const content = Buffer.from(`Subject: ${count}\r\n\r\n${body}\r\n`, 'latin1');
    expect(await client.send({ from: 'honest@example.test', content })).toMatchObject({ code: 250 });
    sent.push(sha256(content));
    // It has to be at work while each of them has its turn, and not be done before.
    while (attacked.times < sent.length * 3) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await client.quit();
  attacked.isOver = true;
  await Promise.all(attackers);
  expect(sensor.told('session.failed')).toEqual([]);
  while (sensor.told('session.closed').length < sensor.told('session.opened').length) {
    await sensor.times('session.closed', sensor.told('session.closed').length + 1);
  }
  expect(await sensor.stop()).toMatchObject({ code: 0, stderr: '' });
  const captures = capturesOnDisk(sensor.dataDir);
  const honest = captures.filter(({ facts }) => facts.envelope.from === 'honest@example.test');
  expect(honest.map((capture) => sha256(bytesOf(capture)))).toEqual(sent);
  const others = captures.filter(({ facts }) => facts.envelope.from !== 'honest@example.test');
  expect(new Set(others.map((capture) => bytesOf(capture).toString()))).toEqual(new Set(['whole\r\n']));
});
