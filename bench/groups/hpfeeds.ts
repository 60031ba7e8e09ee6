import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Round } from '../group.ts';
import { send } from '../load/smtp-source.ts';
import { usual } from '../load/usual.ts';
import { peakResidentMiB } from '../machine/process-facts.ts';
import { FeedEnd, reference, startBroker, type FeedBroker, type FeedBrokerKind } from '../peers/feed.ts';
import { smtpSource } from '../peers/need.ts';
import { Spamtrap } from '../peers/spamtrap.ts';
import { ratio, type Measured, type Row } from '../row.ts';

const chains = {
  'hpfeeds/chain': { size: 4_096, count: 20_000 },
  'hpfeeds/chain-large': { size: 65_536, count: 3_200 },
} as const;

const rows: readonly Row[] = [
  {
    name: 'hpfeeds/broker',
    about: '4 KB from the publisher of the reference to its subscriber; its broker between them is the peer',
    unit: 'x',
    partsUnit: '/s',
    target: { atLeast: 1.6 },
    needs: [reference],
  },
  {
    name: 'hpfeeds/chain',
    about: 'records of 4 KB from the journal through output and broker, confirmed; the peer confirms nothing',
    unit: 'x',
    partsUnit: '/s',
    target: { atLeast: 0.9 },
    needs: [reference, smtpSource],
  },
  {
    name: 'hpfeeds/chain-large',
    about: 'the same with records of 64 KB',
    unit: 'x',
    partsUnit: '/s',
    target: { atLeast: 0.7 },
    needs: [reference, smtpSource],
  },
  {
    name: 'hpfeeds/stalled',
    about: 'peak resident memory of the broker when a subscriber stops reading and 300 MB are published',
    unit: 'MiB',
    target: { atMost: 160 },
    needs: [reference],
  },
];

/** Feeds, with the reference's own clients at the ends; every rate counts from the first message received to the last. */
export const hpfeeds: Group = {
  name: 'hpfeeds',
  rows,
  async measure(round) {
    const measured = new Map<string, Measured>();
    if (round.rows.has('hpfeeds/broker')) {
      const load = { action: 'publish', size: 4_096, count: 100_000 } as const;
      const [ours, peer] = [await carried(round, 'spamtrap', load), await carried(round, 'reference', load)];
      measured.set('hpfeeds/broker', ratio(ours, peer));
    }
    for (const [name, { size, count }] of Object.entries(chains)) {
      if (!round.rows.has(name)) continue;
      const ours = await fromJournal(round, size, count);
      const peer = await carried(round, 'reference', { action: 'publish-json', size, count });
      measured.set(name, ratio(ours, peer));
    }
    if (round.rows.has('hpfeeds/stalled')) {
      const [value, peer] = [await stalled(round, 'spamtrap'), await stalled(round, 'reference')];
      measured.set('hpfeeds/stalled', { value, peer });
    }
    return measured;
  },
};

/** Messages a second from one end to the other. */
async function carried(
  round: Round,
  kind: FeedBrokerKind,
  load: { readonly action: 'publish' | 'publish-json'; readonly size: number; readonly count: number },
): Promise<number> {
  return withBroker(round, kind, async (broker, folder) => {
    const receiver = new FeedEnd(folder, broker, { ...load, action: 'receive' });
    await receiver.says();
    const publisher = new FeedEnd(folder, broker, load);
    const perSecond = (load.count - 1) / Number(await receiver.says());
    await publisher.ended();
    await receiver.stop();
    round.say(`${kind} broker ${Math.round(perSecond)}/s of ${load.size} bytes`);
    return perSecond;
  });
}

/** Messages a second from the journal of a sensor, through its output and our broker, to the reference's subscriber. */
async function fromJournal(round: Round, size: number, count: number): Promise<number> {
  const folder = round.work.folder('sensor');
  const filling = await Spamtrap.start(folder, { output: 'none' });
  await send(filling, { ...usual, size }, count);
  await filling.stop();
  return withBroker(round, 'spamtrap', async (broker, brokerFolder) => {
    const receiver = new FeedEnd(brokerFolder, broker, { action: 'receive', size, count });
    await receiver.says();
    const feed = { port: broker.port, secret: broker.secrets.sensor };
    const sensor = await Spamtrap.start(folder, { output: 'feed', feed });
    try {
      const perSecond = (count - 1) / Number(await receiver.says());
      round.say(`spamtrap from its journal ${Math.round(perSecond)}/s of ${size} bytes`);
      return perSecond;
    } finally {
      await receiver.stop();
      await sensor.stop();
      round.work.settle(folder);
    }
  });
}

const published = { action: 'publish', size: 65_536, count: 4_600 } as const;
/** What is published goes into the memory of a broker at once, or never. */
const rest = 3_000;

async function stalled(round: Round, kind: FeedBrokerKind): Promise<number> {
  return withBroker(round, kind, async (broker, folder) => {
    const subscriber = new FeedEnd(folder, broker, { ...published, action: 'stall' });
    await subscriber.says();
    const publisher = new FeedEnd(folder, broker, published);
    // Ours holds the publisher up, so that it does not end by itself.
    await Promise.race([publisher.ended(), sleep(rest)]);
    await sleep(rest);
    const peak = peakResidentMiB(broker.pid);
    await publisher.stop();
    await subscriber.stop();
    round.say(`${kind} broker with a stalled subscriber ${Math.round(peak)} MiB`);
    return peak;
  });
}

async function withBroker<Result>(
  { work }: Round,
  kind: FeedBrokerKind,
  use: (broker: FeedBroker, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = work.folder(`${kind}-broker`);
  const broker = await startBroker(kind, folder);
  try {
    return await use(broker, folder);
  } finally {
    await broker.stop();
    work.settle(folder);
  }
}
