import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Bucket } from '../../src/lib/nats/bucket.ts';
import type { Attempt } from '../../src/lib/probe/budget/limits.ts';
import { booksKey, SharedBudget, type SharedBooks } from '../../src/lib/probe/budget/shared-budget.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';

const attempt = (name: string, at = 0): Attempt => ({
  at,
  probe: name,
  recipient: `${name}@example.org`,
  domain: 'example.org',
  source: '',
  network: '',
  rule: 'r',
  bytes: 100,
});

peer('nats-server')('the budget of all sensors', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  async function begun(spentUntil = 0) {
    const link = await nats.link();
    onTestFinished(() => link.close());
    const bucket = await Bucket.use<SharedBooks>(link, { name: `b${randomBytes(4).toString('hex')}`, replicas: 1 });
    await bucket.create(booksKey, { attempts: [], spentUntil });
    return bucket;
  }

  const limits = { perDay: 20, perRecipient: 3 };

  it('is what ten sensors may send together, however much they hurry', async () => {
    const bucket = await begun();
    const sensors = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const link = await nats.link();
        onTestFinished(() => link.close());
        const own = await Bucket.use<SharedBooks>(link, { name: bucket.name, replicas: 1 });
        return new SharedBudget(async () => own, limits);
      }),
    );
    const answers = await Promise.all(
      sensors.flatMap((sensor, which) =>
        Array.from({ length: 6 }, (_, index) => sensor.take([attempt(`${which}-${index}`)])),
      ),
    );
    const allowed = answers.filter((answer) => answer === undefined).length;
    // Whoever is too late again and again is told so, and holds.
    expect(allowed).toBeLessThanOrEqual(20);
    for (let more = 0; more < 30; more++) await sensors[0]!.take([attempt(`more-${more}`)]);
    const { attempts } = (await bucket.get(booksKey))!.value;
    expect(attempts).toHaveLength(20);
    expect(await sensors[3]!.take([attempt('one more')])).toContain('of all sensors the budget is used: 20 of 20');
  });

  it('counts by the clock of the servers, whatever a sensor believes to know', async () => {
    const bucket = await begun();
    const budget = new SharedBudget(async () => bucket, { perDay: 2, perRecipient: 1 });
    const before = Date.now() - 2_000;
    expect(await budget.take([attempt('a', 8e15)])).toBeUndefined();
    expect(await budget.take([attempt('b', -8e15)])).toBeUndefined();
    const { attempts } = (await bucket.get(booksKey))!.value;
    for (const { at } of attempts) expect(Math.abs(at - before)).toBeLessThan(60_000);
    expect(await budget.take([attempt('c', 8e15)])).toContain('2 of 2');
  });

  it('gives everything or nothing of what one probe wants', async () => {
    const bucket = await begun();
    const budget = new SharedBudget(async () => bucket, { perDay: 2, perRecipient: 3 });
    expect(await budget.take(['a', 'b', 'c'].map((name) => attempt(name)))).toContain('of all sensors');
    expect((await bucket.get(booksKey))!.value.attempts).toEqual([]);
    expect(await budget.take(['a', 'b'].map((name) => attempt(name)))).toBeUndefined();
  });

  it('allows nothing where it is missing, spent, or cannot be reached', async () => {
    const missing = await begun();
    await missing.remove(booksKey, (await missing.get(booksKey))!.revision);
    expect(await new SharedBudget(async () => missing, limits).take([attempt('a')])).toContain('cluster budget begin');
    const spent = await begun(Date.now() + 3_600_000);
    expect(await new SharedBudget(async () => spent, limits).take([attempt('a')])).toContain('counts as spent');
    const own = await NatsCluster.start();
    const link = await own.link();
    const bucket = await Bucket.use<SharedBooks>(link, { name: 'gone', replicas: 1 });
    await bucket.create(booksKey, { attempts: [], spentUntil: 0 });
    const budget = new SharedBudget(async () => bucket, limits);
    expect(await budget.take([attempt('a')])).toBeUndefined();
    await own.stop();
    expect(await budget.take([attempt('a')])).toContain('cannot be asked');
    await link.close();
  });
});
