import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Cluster, type Companion } from '../../src/lib/cluster/cluster.ts';
import type { Member } from '../../src/lib/cluster/member.ts';
import type { Event, EventName } from '../../src/lib/events/event.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';

const leaseMs = 3_000;

peer('nats-server')('a member of a cluster', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  function member(companion: Partial<Companion>) {
    const told: Pick<Event, 'event'>[] = [];
    let losses = 0;
    const cluster = new Cluster({
      access: nats.access(),
      name: `c${randomBytes(4).toString('hex')}`,
      replicas: 1,
      leaseMs,
      session: 'session',
      describe: async () => ({}) as Member,
      emit: (event) => void told.push(event),
      monotonic: () => performance.now(),
      random: () => 0,
    });
    cluster.add({ beat: async () => undefined, lost: () => void losses++, ...companion });
    const end = new AbortController();
    const running = cluster.run(end.signal);
    onTestFinished(async () => {
      end.abort();
      await running;
    });
    return {
      cluster,
      losses: () => losses,
      count: (name: EventName) => told.filter(({ event }) => event === name).length,
    };
  }

  it('goes on giving signs of life while a companion takes long', async () => {
    const end = new AbortController();
    onTestFinished(() => end.abort());
    let beats = 0;
    const { cluster, losses, count } = member({
      beat: async () => {
        beats++;
        if (!end.signal.aborted) await once(end.signal, 'abort');
      },
    });
    await expect.poll(() => beats, { timeout: 10_000 }).toBe(1);
    const first = (await cluster.shelves.members.get('session'))!.revision;
    const age = async () => (await cluster.shelves.members.get('session'))!.revision - first;
    await expect.poll(age, { timeout: 3 * leaseMs, interval: 100 }).toBeGreaterThan(10);
    expect([beats, losses(), count('cluster.lost'), cluster.isAlive]).toEqual([1, 0, 0, true]);
    end.abort();
    await expect.poll(() => beats, { timeout: 10_000 }).toBeGreaterThan(1);
  }, 60_000);

  it('joins again after whatever has gone wrong', async () => {
    let beats = 0;
    const { count, losses } = member({
      beat: async () => {
        if (++beats === 2) throw new TypeError('what nobody has thought of');
      },
    });
    await expect.poll(() => beats, { timeout: 20_000 }).toBeGreaterThan(3);
    expect([count('cluster.lost'), count('cluster.joined'), losses()]).toEqual([1, 2, 0]);
  }, 60_000);
});
