import { describe, expect, it } from 'vitest';
import type { Peer } from '../support/hostile-peer.ts';
import { growthDuring, peerOf, startRelay } from '../support/hostile-sensor.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const MiB = 2 ** 20;
const timeout = /421 4\.4\.2 \S+ Error: timeout exceeded\r\n$/;
const opening = 'EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n';

/** Ways of taking one's time, and the limit that each of them comes up against. */
const ways: readonly { readonly limit: string; readonly says: string; readonly again: string }[] = [
  { limit: 'command', says: '', again: 'N' },
  { limit: 'command', says: `${opening}AUTH LOGIN\r\n`.replace(/MAIL.*/s, 'AUTH LOGIN\r\n'), again: 'Y' },
  { limit: 'content', says: `${opening}DATA\r\n`, again: 'x' },
  { limit: 'content', says: `${opening}BDAT 100000\r\n`, again: 'x' },
  { limit: 'handshake', says: 'EHLO me\r\nSTARTTLS\r\n', again: '\x16' },
  { limit: 'idle', says: '', again: '' },
  { limit: 'idle', says: `${opening}DATA\r\n`, again: '' },
  { limit: 'session', says: '', again: '\r\nNOOP\r\n' },
];

describe('2,000 peers that take their time', () => {
  it('are ended by the limit that is theirs, and others are served meanwhile', async () => {
    const many = 2_000;
    const sensor = await startRelay({
      limits: {
        perAddress: 5_000,
        perNetwork: 5_000,
        errors: 1e6,
        junk: 1e6,
        idle: '2s',
        command: '3s',
        content: '3s',
        handshake: '3s',
        session: '6s',
      },
    });
    const slow: { readonly peer: Peer; readonly limit: string }[] = [];
    let drip: NodeJS.Timeout | undefined;
    const growth = await growthDuring(sensor, async () => {
      for (let count = 0; count < many; count++) {
        const { limit, says } = ways[count % ways.length]!;
        const peer = peerOf(sensor);
        slow.push({ peer, limit });
        if (says !== '') peer.write(says);
        // A few at a time: the way into the kernel is short.
        if (count % 100 === 99) await peer.isConnected();
      }
      let turn = 0;
      drip = setInterval(() => {
        turn++;
        for (const [index, { peer }] of slow.entries()) {
          const { again } = ways[index % ways.length]!;
          if (again !== '' && index % 4 === turn % 4 && peer.socket.writable) peer.write(again);
        }
      }, 200);
      const ended = Promise.all(slow.map(({ peer }) => peer.isClosed()));
      for (let count = 0; slow.some(({ peer }) => !peer.socket.closed); count++) {
        const client = await SmtpClient.connect(sensor.port);
        expect(await client.send({ content: Buffer.from(`Subject: ${count}\r\n\r\n`) })).toMatchObject({ code: 250 });
        await client.quit();
        // Not to keep this side busy: it has its bytes to drip.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await ended;
    }).finally(() => clearInterval(drip));
    expect(growth).toBeLessThan(256 * MiB);
    await sensor.times('limit.reached', many);
    const reached = new Map<string, number>();
    for (const { limit } of sensor.told('limit.reached')) reached.set(limit, (reached.get(limit) ?? 0) + 1);
    const expected = new Map<string, number>();
    for (const { limit } of slow)
      expected.set(`relay.limits.${limit}`, (expected.get(`relay.limits.${limit}`) ?? 0) + 1);
    expect(Object.fromEntries(reached)).toEqual(Object.fromEntries(expected));
    for (const { peer, limit } of slow) {
      // In the middle of a handshake nobody would understand a word.
      if (limit === 'handshake') expect(peer.received).not.toMatch(timeout);
      else expect(peer.received).toMatch(timeout);
    }
    expect(sensor.told('session.failed')).toEqual([]);
    expect(await sensor.stop()).toMatchObject({ code: 0 });
    expect(capturesOnDisk(sensor.dataDir).every(({ facts }) => facts.envelope.from === 'sender@example.test')).toBe(
      true,
    );
  });
});
