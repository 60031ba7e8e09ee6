import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { received, type Received } from '../../src/lib/ingest/received.ts';
import { StreamStore } from '../../src/lib/ingest/stream-store.ts';
import { lengthOf, type Letter } from '../../src/lib/nats/message.ts';
import { Objects } from '../../src/lib/nats/objects.ts';
import { publishAll } from '../../src/lib/nats/publish.ts';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { output, settingsFor } from '../outputs/nats/nats-output.ts';
import { captureOf } from '../support/captures.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { Readable } from 'node:stream';

peer('nats-server')('a stream as a store', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  function store(name: string) {
    const faults: string[] = [];
    const shortened: string[] = [];
    const made = new StreamStore({
      ...settingsFor(nats, { stream: { name } }),
      bridge: 'broker:10000',
      random: () => 0,
      onFault: ({ kind }) => void faults.push(kind),
      onShortened: (sha256) => void shortened.push(sha256),
    });
    onTestFinished(() => made.close());
    return { store: made, faults, shortened };
  }

  const bare = (text: string): Received => received('mails', 'someone', Buffer.from(text));
  const manager = () => nats.manager();

  it('has each once of what it took in part, and what has no id as often as it comes', async () => {
    const { store: made, faults } = store('PART');
    await made.put([bare('first')]);
    const { streams } = await manager();
    const { config } = await streams.info('PART');
    await streams.update('PART', { ...config, max_msgs: 6 });
    const putting = made.put([...Array.from({ length: 9 }, (_, index) => bare(`mail ${index}`)), bare('first')]);
    await expect.poll(() => faults.length, { timeout: 10_000 }).toBeGreaterThan(1);
    await streams.update('PART', { ...config, max_msgs: 100 });
    await putting;
    const texts = (await arrivedIn(nats.places, 'PART')).map(({ bytes }) => bytes.toString());
    expect(texts.toSorted()).toEqual(['first', 'first', ...Array.from({ length: 9 }, (_, index) => `mail ${index}`)]);
    expect(new Set(faults)).toEqual(new Set(['full']));
  }, 60_000);

  it('puts where there is room for it what is longer than the stream takes', async () => {
    const { store: made, shortened } = store('SHORT');
    await made.put([bare('first')]);
    const { streams } = await manager();
    await streams.update('SHORT', { ...(await streams.info('SHORT')).config, max_msg_size: 50_000 });
    // The stream is looked at when it is opened.
    const { store: later, shortened: cut } = store('SHORT');
    await later.put([bare('x'.repeat(60_000))]);
    const said = { sha256: createHash('sha256').update('text').digest('hex'), msg: 'text', more: 'y'.repeat(80_000) };
    await later.put([bare(JSON.stringify(said))]);
    const arrived = await arrivedIn(nats.places, 'SHORT');
    expect(arrived.map(({ bytes }) => bytes.length)).toEqual([5, 60_000, 4]);
    expect([shortened, cut]).toEqual([[], [said.sha256]]);
  }, 60_000);

  it('takes a message to the last byte that the servers take', async () => {
    await output(nats, { stream: { name: 'EXACT' } }).deliver([captureOf(Buffer.from('first'))]);
    const link = await nats.link();
    onTestFinished(() => link.close());
    const letter = (length: number): Letter => ({
      subject: 'EXACT.mails',
      payload: Buffer.alloc(length),
      headers: { messageId: `id-${length}`, sensor: 'trap-ä' },
    });
    const room = link.longest - lengthOf(letter(0), 'EXACT');
    const wish = { stream: 'EXACT', window: 1, confirmMs: 5_000 };
    // An id has as many letters here as its number has digits: all of them the same.
    expect(lengthOf(letter(room - 6), 'EXACT')).toBe(link.longest);
    await publishAll(link, [letter(room - 6)], wish);
    await expect(publishAll(link, [letter(room - 5)], wish)).rejects.toThrow();
  }, 30_000);

  it('keeps bytes as long as anything that refers to them', async () => {
    const link = await nats.link();
    onTestFinished(() => link.close());
    const objects = await Objects.use(link, { bucket: 'kept', replicas: 1, maxAgeMs: 60_000 });
    const bytes = randomBytes(1_000);
    const facts = { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
    const put = () => objects.put('one', Readable.from([bytes]), facts);
    const { streams } = await manager();
    const last = async () => (await streams.info('OBJ_kept')).state.last_seq;
    await put();
    const first = await last();
    await put();
    expect(await last()).toBe(first);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    await put();
    expect(await last()).toBeGreaterThan(first);
    expect((await streams.info('OBJ_kept')).config.max_age / 1e6).toBe(60_000 + 3_600_000);
    expect(await objects.get('one', new AbortController().signal)).toEqual(bytes);
  }, 30_000);
});
