import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { ConnectionLost, SmtpClient } from '../support/smtp-client.ts';
import { mailIn } from '../support/stored.ts';

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code === 'ECONNREFUSED';
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets the message under way be finished and acknowledged',
  async (signal) => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const busy = await SmtpClient.connect(sensor.port);
    expect(await busy.begin()).toMatchObject({ code: 354 });
    busy.write('Subject: half\r\n\r\nsent before the signal');
    const idle = await SmtpClient.connect(sensor.port);

    sensor.signal(signal);
    await sensor.event('stopping');
    expect(await idle.reply()).toMatchObject({ code: 421 });
    expect(await isRefused(sensor.port)).toBe(true);
    busy.write(' and after it\r\n.\r\n');
    expect(await busy.reply()).toMatchObject({ code: 250 });
    expect(await busy.reply()).toMatchObject({ code: 421 });

    expect(await sensor.ended).toEqual({ code: 0, signal: null, stderr: '' });
    expect(sensor.events.at(-1)).toMatchObject({ event: 'stopped' });
    const contents = mailIn(sensor.maildir).map((mail) => mail.content.toString('latin1'));
    expect(contents).toEqual(['Subject: half\r\n\r\nsent before the signal and after it\r\n']);
  },
);

test('a second signal does not wait: the peer has no 250, and nothing of its message is kept', async () => {
  // Time alone would not end it while this test lasts.
  const sensor = await Sensor.start({ dataDir: newDataDir(), config: { shutdown: { drain: '1h' } } });
  const busy = await SmtpClient.connect(sensor.port);
  await busy.begin();
  busy.write('Subject: half\r\n\r\n');

  sensor.signal('SIGTERM');
  await sensor.event('stopping');
  sensor.signal('SIGTERM');
  expect(await busy.reply()).toMatchObject({ code: 421 });
  await expect(busy.reply()).rejects.toThrow(ConnectionLost);
  expect(await sensor.ended).toEqual({ code: 130, signal: null, stderr: '' });
  expect(mailIn(sensor.maildir)).toEqual([]);
});
