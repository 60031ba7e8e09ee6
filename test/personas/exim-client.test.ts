import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deliverByExim, eximPeer } from '../support/real-exim.ts';
import { serverFolder } from '../support/real-server.ts';
import { Sensor } from '../support/sensor.ts';
import { mailIn } from '../support/stored.ts';

// No other client in Debian sends BDAT.
eximPeer()('Exim delivers to the relay', () => {
  const body = ['.', '..', 'h\u00e9llo', ...Array.from({ length: 4_000 }, (_, index) => `${index} ${'x'.repeat(70)}`)];
  const message = `From: a@example.com\nTo: u@example.net\nSubject: chunks\n\n${body.join('\n')}\n`;
  // Exim has a say in the header.
  const kept = Buffer.from(`\r\n\r\n${body.join('\r\n')}\r\n`);

  test.each([
    { title: 'in chunks', tls: false },
    { title: 'in chunks under TLS', tls: true },
  ])('$title', async ({ tls }) => {
    const sensor = await Sensor.start({ dataDir: join(serverFolder(), 'data') });
    const log = await deliverByExim({
      port: sensor.port,
      from: 'a@example.com',
      to: ['u@example.net', 'v@example.net', '"odd one"@example.org'],
      message,
      tls,
    });
    expect(log.match(/ [=-]> .* K /g), log).toHaveLength(3);
    if (tls) expect(log).toMatch(/ X=TLS/);
    const { id } = await sensor.event('capture.accepted');
    await sensor.handedOn(id);
    const [mail] = mailIn(sensor.maildir);
    expect(mail?.isWhole).toBe(true);
    expect(mail!.content.subarray(-kept.length).equals(kept)).toBe(true);
    expect(await sensor.stop()).toMatchObject({ code: 0 });
  });
});
