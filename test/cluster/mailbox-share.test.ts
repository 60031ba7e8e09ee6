import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { keyOf } from '../../src/lib/cluster/key.ts';
import { MailboxShare, type MailboxShareSettings } from '../../src/lib/cluster/mailbox-share.ts';
import type { Member } from '../../src/lib/cluster/member.ts';
import { useShelves, type Shelves } from '../../src/lib/cluster/shelves.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';

const accounts = Array.from({ length: 40 }, (_, index) => `imap:trap${index}@mail.example`);

peer('nats-server')('the share of one collector', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  async function shelves(): Promise<Shelves> {
    const link = await nats.link();
    onTestFinished(() => link.close());
    return useShelves(link, { name: `s${randomBytes(4).toString('hex')}`, replicas: 1, leaseMs: 30_000 });
  }

  /** A collector that is alive, and ends its work with mailboxes when the test says so. */
  async function join(shared: Shelves, session: string, handsOn: MailboxShareSettings['handsOn'] = 'whenOthersCome') {
    let idle = Promise.resolve();
    const share = new MailboxShare({
      session,
      sensor: session,
      leaseMs: 30_000,
      handsOn,
      collect: () => idle,
      isAlive: () => true,
      emit: () => undefined,
      now: Date.now,
      monotonic: () => performance.now(),
    });
    share.name(accounts);
    await share.joining(shared);
    await shared.members.put(session, {} as Member);
    return {
      share,
      tokens: () => new Map(accounts.map((account) => [account, share.tokenOf(account)])),
      working: () => {
        const work = Promise.withResolvers<void>();
        idle = work.promise;
        return work;
      },
    };
  }

  it('goes on under its tokens until nothing is done any more with what it hands on', async () => {
    const shared = await shelves();
    const first = await join(shared, 'first');
    await first.share.beat(shared);
    const before = first.tokens();
    expect([...before.values()]).not.toContain(undefined);
    const second = await join(shared, 'second');
    const work = first.working();
    const beat = first.share.beat(shared);
    await expect.poll(() => first.share.figures.held).toBeLessThan(accounts.length);
    const given = accounts.filter((account) => !first.share.has(account));
    expect(first.tokens()).toEqual(before);
    // Nobody else begins before.
    await second.share.beat(shared);
    expect(second.share.figures.held).toBe(0);

    work.resolve();
    await beat;
    for (const account of accounts) {
      expect(first.share.tokenOf(account)).toBe(given.includes(account) ? undefined : before.get(account));
    }
    await second.share.beat(shared);
    expect(accounts.filter((account) => second.share.has(account))).toEqual(given);
    // A newer token is a greater one.
    for (const account of given) expect(second.share.tokenOf(account)).toBeGreaterThan(before.get(account)!);
  });

  it('is for others as soon as it is no longer named', async () => {
    const shared = await shelves();
    const first = await join(shared, 'first');
    await first.share.beat(shared);
    first.share.name(accounts.slice(0, 10));
    await first.share.beat(shared);
    expect(first.share.figures).toEqual({ named: 10, held: 10 });
    const second = await join(shared, 'second');
    await first.share.beat(shared);
    await second.share.beat(shared);
    expect(accounts.filter((account) => second.share.has(account))).toEqual(expect.arrayContaining(accounts.slice(10)));
  });

  it('is wanted still when others have taken its silence for the end', async () => {
    const shared = await shelves();
    const first = await join(shared, 'first');
    await first.share.beat(shared);
    await shared.lists.vanish((await shared.lists.get('first'))!.revision);
    await join(shared, 'second');
    await first.share.beat(shared);
    await first.share.beat(shared);
    expect((await shared.lists.get('first'))?.value).toHaveLength(accounts.length);
  });

  it('leaves nothing behind of those who have gone', async () => {
    const shared = await shelves();
    const first = await join(shared, 'first');
    await first.share.beat(shared);
    await first.share.leaving(shared);
    expect(await shared.lists.keys()).toEqual([]);
  });

  it('stays with a run that ends by itself', async () => {
    const shared = await shelves();
    const first = await join(shared, 'first', 'atTheEnd');
    await first.share.beat(shared);
    const second = await join(shared, 'second');
    await first.share.beat(shared);
    await second.share.beat(shared);
    expect([first, second].map(({ share }) => share.figures.held)).toEqual([accounts.length, 0]);
    await first.share.leaving(shared);
    await shared.members.vanish((await shared.members.get('first'))!.revision);
    await second.share.beat(shared);
    expect(second.share.figures.held).toBe(accounts.length);
  });

  it('is nothing when it may count as dead, and the end of its work is still under the old tokens', async () => {
    const shared = await shelves();
    const first = await join(shared, 'first');
    await first.share.beat(shared);
    const before = first.tokens();
    const work = first.working();
    first.share.lost();
    await setImmediate();
    expect(accounts.filter((account) => first.share.has(account))).toEqual([]);
    expect(first.tokens()).toEqual(before);
    work.resolve();
    await expect.poll(() => first.share.tokenOf(accounts[0]!)).toBeUndefined();
    const lease = await shared.leases.get(keyOf(accounts[0]!));
    expect(lease?.value.owner).toBe('first');
  });
});
