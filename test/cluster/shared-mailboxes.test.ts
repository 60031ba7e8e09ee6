import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { MailServer } from '../support/mail-server.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { letter, messageId } from '../support/trap-letters.ts';
import { heldBy, ledgerOf, startCollector } from './collectors.ts';

const real = canStartDovecot ? peer('nats-server', 'dovecot-imapd', 'dovecot-lmtpd') : () => undefined;

real('three collectors that share mailboxes', () => {
  let nats: NatsCluster;
  let server: MailServer;
  beforeAll(async () => {
    [nats, server] = await Promise.all([NatsCluster.start(), MailServer.start()]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([nats.stop(), server.stop()]);
  });

  it('have each a part, lose nothing when one is killed, and all is had again in time', async () => {
    const users = Array.from({ length: 200 }, (_, index) => `trap${index}`);
    const expected = new Set<string>();
    const send = async (round: string, to: readonly string[]) => {
      for (const user of to) {
        const message = letter(`${round}-${user}`);
        expected.add(messageId(message));
        await server.deliver(user, message);
      }
    };
    const wish = { nats, server, users, lease: '30s' };
    const arrived = async () => new Set((await arrivedIn(nats.places, 'SPAM')).map(({ bytes }) => messageId(bytes)));
    const missing = async () => [...expected].filter((id) => !seen.has(id));
    let seen = new Set<string>();
    const allArrive = () =>
      expect
        .poll(
          async () => {
            seen = await arrived();
            return (await missing()).length;
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBe(0);

    await send('before', users.slice(0, 50));
    const first = await startCollector('one', wish);
    await expect.poll(() => heldBy(first), { timeout: 60_000 }).toBe(200);
    await allArrive();
    const [second, third] = await Promise.all([startCollector('two', wish), startCollector('three', wish)]);
    const all = [first, second, third];
    // Everybody has its part, and nothing is collected by two.
    await expect.poll(() => all.map(heldBy).reduce((sum, held) => sum + held), { timeout: 60_000 }).toBe(200);
    await expect.poll(() => Math.min(...all.map(heldBy)), { timeout: 60_000 }).toBeGreaterThan(40);
    await send('shared', users);
    await allArrive();

    const killedAt = Date.now();
    second.signal('SIGKILL');
    await send('killed', users);
    await expect.poll(() => heldBy(first) + heldBy(third), { timeout: 60_000, interval: 100 }).toBe(200);
    const takenOver = Date.now() - killedAt;
    expect(takenOver).toBeLessThan(30_000);
    await allArrive();

    // One that goes in order leaves at once.
    const stoppedAt = Date.now();
    await third.stop();
    await expect.poll(() => heldBy(first), { timeout: 60_000, interval: 100 }).toBe(200);
    expect(Date.now() - stoppedAt).toBeLessThan(30_000);
    await send('alone', users.slice(0, 20));
    await allArrive();
    // What is handed over stays on the server for as long as a visit needs to delete it.
    const expunged = () =>
      new Set(server.events.filter(({ what }) => what === 'expunge').map((each) => each.messageId));
    await expect.poll(() => expunged().size, { timeout: 60_000, interval: 500 }).toBe(expected.size);
    await first.stop();

    // Nothing was deleted that its own handover had not confirmed, and nothing is left on the server.
    for (const { dataDir } of all) {
      const handedOver = new Set<string>();
      for (const line of ledgerOf({ dataDir })) {
        if (!('uids' in line)) continue;
        // What an output tells of messages whose mailbox somebody else has by now is under no lease.
        if (line.state !== 'handedOver') expect(line.lease).toBeGreaterThan(0);
        for (const uid of line.uids) {
          const message = `${line.account} ${line.uidValidity} ${uid}`;
          if (line.state === 'handedOver') handedOver.add(message);
          if (line.state === 'acting') expect(handedOver).toContain(message);
        }
      }
    }
    expect(users.flatMap((user) => server.flags(user))).toEqual([]);
    // Sent twice, stored once: the stream knows a message by its place in its mailbox.
    const ids = (await arrivedIn(nats.places, 'SPAM')).map(({ headers }) => headers['Nats-Msg-Id']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(expected.size);
  }, 240_000);
});
