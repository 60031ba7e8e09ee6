import { globSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CursorInHand, TooLate, type Cursor, type Taker } from '../../src/lib/cluster/cursors.ts';
import { keyOf } from '../../src/lib/cluster/key.ts';
import { Bucket } from '../../src/lib/nats/bucket.ts';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { HazardProxy } from '../support/hazard-proxy.ts';
import { MailServer } from '../support/mail-server.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import type { Sensor } from '../support/sensor.ts';
import { letter, messageId } from '../support/trap-letters.ts';
import { finishedFor, heldBy, ledgerOf, startCollector } from './collectors.ts';

const place = { account: 'imap:trap@mail.example', folder: 'INBOX', uidValidity: '7' };

peer('nats-server')('the cursor of a shared mailbox', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  /** The newest lease is the one with the greatest token, unless a test says otherwise. */
  let newest = 0;
  function take(bucket: Bucket<Cursor>, token: number, folder = place, more: Partial<Taker> = {}) {
    newest = Math.max(newest, token);
    const whoHasIt = { isStillOurs: async () => token === newest, forget: async () => undefined };
    const taker = { sensor: 'trap-1', token, ...whoHasIt, ...more };
    return CursorInHand.take(() => bucket, folder, taker);
  }

  async function cursors(): Promise<Bucket<Cursor>> {
    newest = 0;
    const link = await nats.link();
    onTestFinished(() => link.close());
    return Bucket.use<Cursor>(link, { name: `c${randomBytes(4).toString('hex')}`, replicas: 1 });
  }

  it('goes from one owner to the next, who knows what is finished', async () => {
    const bucket = await cursors();
    const first = await take(bucket, 10);
    await first.add(['1', '2', '3', '7']);
    const second = await take(bucket, 11);
    expect(['1', '3', '4', '7'].map((uid) => second.has(uid))).toEqual([true, true, false, true]);
    const { value } = (await bucket.get(keyOf(place.account, place.folder)))!;
    expect(value).toMatchObject({ ...place, token: 11, numbers: '1:3,7' });
  });

  it('is not moved by whoever had the lease before, not even when nobody else has moved it', async () => {
    const bucket = await cursors();
    const stale = await take(bucket, 10);
    await stale.add(['1']);
    await take(bucket, 11);
    await expect(stale.add(['2'])).rejects.toBeInstanceOf(TooLate);
    await expect(take(bucket, 10)).rejects.toBeInstanceOf(TooLate);
    const { value } = (await bucket.get(keyOf(place.account, place.folder)))!;
    expect(value).toMatchObject({ token: 11, numbers: '1' });
  });

  it('goes on when it was written, and nobody said so', async () => {
    const bucket = await cursors();
    const cursor = await take(bucket, 10);
    const key = keyOf(place.account, place.folder);
    const { value, revision } = (await bucket.get(key))!;
    await bucket.update(key, { ...value, numbers: '5' }, revision);
    await cursor.add(['6']);
    expect((await bucket.get(key))!.value.numbers).toBe('5:6');
  });

  it('is taken up with a smaller token by whoever has the lease, when leases were lost', async () => {
    const bucket = await cursors();
    const before = await take(bucket, 10);
    await before.add(['1']);
    newest = 4;
    const now = await take(bucket, 4, place, { isStillOurs: async () => newest === 4 });
    await now.add(['2']);
    const { value } = (await bucket.get(keyOf(place.account, place.folder)))!;
    expect(value).toMatchObject({ token: 4, numbers: '1:2' });
    // Who has not noticed yet cannot move it, though its token is greater.
    await expect(before.add(['3'])).rejects.toBeInstanceOf(TooLate);
    await take(bucket, 5);
    await expect(now.add(['3'])).rejects.toBeInstanceOf(TooLate);
  });

  it('says that all is to be collected again, once to each who has something to forget', async () => {
    const bucket = await cursors();
    const forgot: string[] = [];
    const by = (sensor: string) => ({ sensor, forget: async () => void forgot.push(sensor) });
    await (await take(bucket, 10, place, by('a'))).add(['1', '2']);
    const second = await take(bucket, 11, place, by('b'));
    expect(forgot).toEqual([]);
    await second.clear();
    await second.add(['2']);
    expect(['1', '2'].map((uid) => second.has(uid))).toEqual([false, true]);
    const third = await take(bucket, 12, place, by('a'));
    await take(bucket, 13, place, by('a'));
    await take(bucket, 14, place, by('b'));
    expect(forgot).toEqual(['a']);
    expect(['1', '2'].map((uid) => third.has(uid))).toEqual([false, true]);
  });

  it('begins anew when the server numbers its messages anew', async () => {
    const bucket = await cursors();
    await (await take(bucket, 10)).add(['1']);
    const renumbered = await take(bucket, 10, { ...place, uidValidity: '8' });
    expect(renumbered.has('1')).toBe(false);
  });
});

const real = canStartDovecot ? peer('nats-server', 'dovecot-imapd', 'dovecot-lmtpd', 'libfaketime') : () => undefined;

real('a collector that lost its mailboxes and does not know it', () => {
  let nats: NatsCluster;
  let server: MailServer;
  beforeAll(async () => void ([nats, server] = await Promise.all([NatsCluster.start(), MailServer.start()])), 120_000);
  afterAll(async () => void (await Promise.all([nats.stop(), server.stop()])));

  const users = (name: string) => Array.from({ length: 12 }, (_, index) => `${name}${index}`);

  async function allArrive(expected: ReadonlySet<string>) {
    const missing = async () => {
      const seen = new Set((await arrivedIn(nats.places, 'SPAM')).map(({ bytes }) => messageId(bytes)));
      return [...expected].filter((id) => !seen.has(id));
    };
    await expect.poll(missing, { timeout: 60_000, interval: 500 }).toEqual([]);
  }

  /** Every message that was sent is in the stream, nothing is left, and nothing was deleted too early. */
  async function allIsWell(collectors: readonly Sensor[], who: readonly string[], expected: ReadonlySet<string>) {
    await allArrive(expected);
    await expect.poll(() => who.flatMap((user) => server.flags(user)), { timeout: 60_000, interval: 500 }).toEqual([]);
    for (const collector of collectors) {
      const handedOver = new Set<string>();
      for (const line of ledgerOf(collector)) {
        if (!('uids' in line)) continue;
        for (const uid of line.uids) {
          if (line.state === 'handedOver') handedOver.add(`${line.account} ${uid}`);
          if (line.state === 'acting') expect(handedOver).toContain(`${line.account} ${uid}`);
        }
      }
    }
  }

  function sender(name: string, who: readonly string[]) {
    const expected = new Set<string>();
    let round = 0;
    return {
      expected,
      send: async () => {
        round++;
        for (const user of who) {
          const message = letter(`${name}-${round}-${user}`, 20_000);
          await server.deliver(user, message);
          expected.add(messageId(message));
        }
      },
    };
  }

  it('because it was stopped in the middle of fetching', async () => {
    const who = users('stopped');
    const wish = { nats, server, users: who, lease: '6s' };
    const { expected, send } = sender('stopped', who);
    const first = await startCollector('one', wish);
    await expect.poll(() => heldBy(first), { timeout: 30_000 }).toBe(12);
    const sending = (async () => {
      for (let round = 0; round < 8; round++) await send();
    })();
    await first.times('capture.accepted', 20);
    first.signal('SIGSTOP');
    const second = await startCollector('two', wish);
    await expect.poll(() => heldBy(second), { timeout: 30_000 }).toBe(12);
    await sending;
    first.signal('SIGCONT');
    await first.event('cluster.allotted', ({ why }) => why === 'lost');
    await allIsWell([first, second], who, expected);
    // They share again.
    await expect.poll(() => heldBy(first) + heldBy(second), { timeout: 30_000 }).toBe(12);
    await Promise.all([first.stop(), second.stop()]);
  }, 180_000);

  it('because nothing passes any more between it and the cluster', async () => {
    const who = users('apart');
    const { expected, send } = sender('apart', who);
    const proxy = await HazardProxy.before(nats.servers[0]!.port);
    const wish = { nats, server, users: who, lease: '6s' };
    const first = await startCollector('one', { ...wish, servers: [`127.0.0.1:${proxy.port}`] });
    await expect.poll(() => heldBy(first), { timeout: 30_000 }).toBe(12);
    await send();
    proxy.hazard = { kind: 'silence' };
    const sending = send();
    // It gives up by itself, and before anybody else may begin.
    const lost = await first.event('cluster.allotted', ({ why }) => why === 'lost');
    const second = await startCollector('two', wish);
    await expect.poll(() => heldBy(second), { timeout: 30_000 }).toBe(12);
    const taken = second.told('cluster.allotted')[0]!;
    expect(Date.parse(lost.time)).toBeLessThan(Date.parse(taken.time));
    await sending;
    proxy.hazard = { kind: 'none' };
    proxy.cutAll();
    await expect.poll(() => heldBy(first), { timeout: 60_000 }).toBeGreaterThan(0);
    await send();
    await allIsWell([first, second], who, expected);
    await Promise.all([first.stop(), second.stop()]);
  }, 180_000);

  it('or has kept them, and speaks with the cluster by a new connection', async () => {
    const who = users('anew');
    const { expected, send } = sender('anew', who);
    const proxy = await HazardProxy.before(nats.servers[0]!.port);
    const servers = [`127.0.0.1:${proxy.port}`];
    const wish = { nats, server, users: who, lease: '60s', mailbox: { afterCollect: 'none' } };
    // Of its own: elsewhere here leases are shorter.
    const cluster = (reached: readonly string[]) => ({
      cluster: { name: 'anew', servers: reached, lease: '60s', connectTimeout: '1s' },
    });
    const first = await startCollector('one', { ...wish, servers, more: cluster(servers) });
    await expect.poll(() => heldBy(first), { timeout: 30_000 }).toBe(12);
    await send();
    await first.times('capture.accepted', 12);
    proxy.hazard = { kind: 'silence' };
    await first.event('cluster.lost');
    proxy.hazard = { kind: 'none' };
    proxy.cutAll();
    await first.times('cluster.joined', 2);
    await send();
    await first.times('capture.accepted', 24);
    await allArrive(expected);
    expect(first.told('cluster.allotted')).toHaveLength(1);
    // What it has finished since then is known to all.
    await expect.poll(() => finishedFor(nats, 'anew'), { timeout: 30_000 }).toBe(24);
    await first.stop();
    const second = await startCollector('two', { ...wish, more: cluster(nats.places) });
    await second.times('mailbox.opened', 12);
    await second.stop();
    expect(second.told('capture.accepted')).toEqual([]);
  }, 180_000);

  it('whatever their clocks say', async () => {
    const [faketime = 'not found'] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
    const who = users('clocks');
    const { expected, send } = sender('clocks', who);
    // A certificate is good for those whose clock is right.
    const wish = { nats, server, users: who, lease: '6s', mailbox: { tls: { verify: false } } };
    const clock = (offset: string) => ({ LD_PRELOAD: faketime, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
    const first = await startCollector('behind', { ...wish, env: clock('-3h') });
    const second = await startCollector('ahead', { ...wish, env: clock('+26h') });
    const both = [first, second];
    await expect.poll(() => both.map(heldBy).reduce((sum, held) => sum + held), { timeout: 30_000 }).toBe(12);
    await expect.poll(() => Math.min(...both.map(heldBy)), { timeout: 30_000 }).toBeGreaterThan(0);
    await send();
    await allIsWell(both, who, expected);
    first.signal('SIGKILL');
    await expect.poll(() => heldBy(second), { timeout: 30_000 }).toBe(12);
    await send();
    await allIsWell(both, who, expected);
    await second.stop();
  }, 180_000);
});

describe('keys', () => {
  it('are different for different lists of names', () => {
    expect(new Set([keyOf('a', 'b'), keyOf('ab'), keyOf('a:b'), keyOf('', 'ab'), keyOf('b', 'a')]).size).toBe(5);
  });
});
