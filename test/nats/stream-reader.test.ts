import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { AckPolicy } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { firstReceived } from '../../src/lib/ingest/received-from-stream.ts';
import { StreamReader, type StreamMessage, type StreamReaderSettings } from '../../src/lib/nats/stream-reader.ts';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { output } from '../outputs/nats/nats-output.ts';
import { captureOf } from '../support/captures.ts';
import { HazardProxy } from '../support/hazard-proxy.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';

const captures = (count: number) =>
  Array.from({ length: count }, () => captureOf(Buffer.from(`Subject: ${randomBytes(8).toString('hex')}\r\n\r\n`)));

peer('nats-server')('a reader of a stream', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  /** Reads until the test is over, or is told to stop before. */
  function reader(stream: string, more: Partial<StreamReaderSettings>) {
    const stop = new AbortController();
    const settings = { access: nats.access(), stream, consumer: 'test', random: Math.random, ...more };
    const ended = new StreamReader({ take: async ({ length }) => length, ...settings }).run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await ended;
    });
    return { stop, ended };
  }

  const floorOf = async (stream: string) =>
    (await (await nats.manager()).consumers.info(stream, 'test')).ack_floor.stream_seq;

  it('stops whenever it is told to, also while it gets ready', async () => {
    await output(nats, { stream: { name: 'STOPPED' } }).deliver(captures(1));
    const proxy = await HazardProxy.before(nats.servers[0]!.port);
    proxy.hazard = { kind: 'delay', ms: 60 };
    const access = nats.access({ servers: [`127.0.0.1:${proxy.port}`] });
    // From the dial to well after the consumer is there.
    for (let after = 0; after < 1_000; after += 90) {
      const { stop, ended } = reader('STOPPED', { access });
      await setTimeout(after);
      stop.abort();
      await ended;
    }
  }, 60_000);

  it('stops in time when nobody answers any more', async () => {
    await output(nats, { stream: { name: 'SILENT' } }).deliver(captures(1));
    const proxy = await HazardProxy.before(nats.servers[0]!.port);
    const access = nats.access({ servers: [`127.0.0.1:${proxy.port}`] });
    const up = Promise.withResolvers<void>();
    const { stop, ended } = reader('SILENT', { access, onUp: () => up.resolve() });
    await up.promise;
    proxy.hazard = { kind: 'silence' };
    const since = performance.now();
    stop.abort();
    await ended;
    expect(performance.now() - since).toBeLessThan(8_000);
  }, 30_000);

  it('stops after what it is at, however much there is still', async () => {
    await output(nats, { stream: { name: 'BACKLOG' } }).deliver(captures(2_000));
    let taken = 0;
    const { stop, ended } = reader('BACKLOG', {
      take: async ({ length }) => {
        taken += length;
        stop.abort();
        await setTimeout(50);
        return length;
      },
    });
    await ended;
    expect(taken).toBeLessThanOrEqual(256);
    await expect.poll(() => floorOf('BACKLOG')).toBe(taken);
  }, 30_000);

  it('asks again for what was left of a portion, in its order', async () => {
    await output(nats, { stream: { name: 'BITS' } }).deliver(captures(300));
    const manager = await nats.manager();
    // Once given out and not taken, a message would not come again.
    const once = { durable_name: 'test', ack_policy: AckPolicy.Explicit, max_deliver: 1 };
    await manager.consumers.add('BITS', once);
    const taken: string[] = [];
    reader('BITS', {
      take: async (messages) => {
        const some = messages.slice(0, 7);
        taken.push(...some.map((message) => message.header('id')!));
        return some.length;
      },
    });
    await expect.poll(() => floorOf('BITS'), { timeout: 20_000 }).toBe(300);
    const all = (await arrivedIn(nats.places, 'BITS')).map(({ id }) => id);
    expect(taken).toEqual(all);
  }, 30_000);

  it('hands on what nobody could have written properly', async () => {
    await output(nats, { stream: { name: 'ODD' } }).deliver(captures(1));
    const head = 'NATS/1.0\r\nSpamtrap-Object\r\n: \x01\r\n\r\n';
    const socket = connect(nats.servers[0]!.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const said = ['CONNECT {"verbose":false,"headers":true}', `HPUB ODD.mails ${head.length} ${head.length + 3}`];
    socket.write(`${said.join('\r\n')}\r\n${head}odd\r\n`);
    await expect
      .poll(async () => (await (await nats.manager()).streams.info('ODD')).state.messages, { timeout: 10_000 })
      .toBe(2);
    const taken: (string | undefined)[] = [];
    reader('ODD', {
      take: async (messages) => {
        for (const message of messages) {
          const [received] = await firstReceived([message]);
          taken.push(received?.bytes.toString('latin1'));
        }
        return messages.length;
      },
    });
    await expect.poll(() => floorOf('ODD'), { timeout: 10_000 }).toBe(2);
    expect(taken.at(-1)).toBe('odd');
  }, 30_000);

  it.each([
    ['an object store that was removed', 'gone', (name: string) => `OBJ_${name}-large`],
    ['an object of which a piece is missing', 'damaged', undefined],
  ] as const)(
    'hands on a message with %s',
    async (_, why, removed) => {
      const name = why.toUpperCase();
      await output(nats, { stream: { name } }).deliver([captureOf(randomBytes(3_000_000)), ...captures(3)]);
      const manager = await nats.manager();
      if (removed) await manager.streams.delete(removed(name));
      else await manager.streams.deleteMessage(`OBJ_${name}-large`, 2);
      const found: unknown[] = [];
      reader(name, {
        take: async (messages) => {
          for (const message of messages) if (message.header('object')) found.push(await message.object());
          return messages.length;
        },
      });
      await expect.poll(() => floorOf(name), { timeout: 30_000 }).toBe(4);
      expect(found).toEqual([why]);
    },
    40_000,
  );

  it('gives back at once what it has been sent, when it cannot take anything', async () => {
    const name = 'BACK';
    await output(nats, { stream: { name } }).deliver(captures(500));
    const faults: number[] = [];
    const failing = { take: () => Promise.reject(new Error('the disk is full')), holdOff: () => 3_000 };
    reader(name, { ...failing, onDown: (_, retryInMs) => void faults.push(retryInMs) });
    await expect.poll(() => faults.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const since = performance.now();
    reader(name, {});
    await expect.poll(() => floorOf(name), { timeout: 50_000 }).toBe(500);
    // Long before the server would have missed them.
    expect(performance.now() - since).toBeLessThan(30_000);
    expect(Math.min(...faults)).toBeGreaterThanOrEqual(3_000);
  }, 60_000);

  it('keeps what it is slow with from all others', async () => {
    const name = 'SLOW';
    await output(nats, { stream: { name } }).deliver(captures(300));
    const manager = await nats.manager();
    const wait = { durable_name: 'test', ack_policy: AckPolicy.Explicit, ack_wait: 2_000_000_000 };
    await manager.consumers.add(name, wait);
    const ids = (messages: readonly StreamMessage[]) => messages.map((message) => message.header('messageId')!);
    const begun = Promise.withResolvers<void>();
    const slow: string[] = [];
    reader(name, {
      take: async (messages) => {
        slow.push(...ids(messages));
        begun.resolve();
        // Longer than the server waits.
        if (slow.length === messages.length) await setTimeout(5_000);
        return messages.length;
      },
    });
    await begun.promise;
    const others: string[] = [];
    reader(name, {
      take: async (messages) => {
        others.push(...ids(messages));
        return messages.length;
      },
    });
    await expect.poll(() => floorOf(name), { timeout: 30_000 }).toBe(300);
    expect(slow.filter((id) => others.includes(id))).toEqual([]);
    expect([...slow, ...others]).toHaveLength(300);
  }, 40_000);
});

peer('nats-server')('a reader of a stream with other copies than usual', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start({ count: 3 })), 120_000);
  afterAll(() => nats.stop());

  it.each([
    ['ONE', { replicas: 1 }],
    ['QUEUE', { replicas: 3, retention: 'workqueue' }],
    ['QUEUE_ONE', { replicas: 1, retention: 'workqueue' }],
  ] as const)(
    'gets what there is: %s',
    async (name, stream) => {
      await output(nats, { stream: { name, ...stream } }).deliver(captures(5));
      const stop = new AbortController();
      let taken = 0;
      const take = async ({ length }: readonly StreamMessage[]) => {
        taken += length;
        if (taken >= 5) stop.abort();
        return length;
      };
      const settings = { access: nats.access(), stream: name, consumer: 'test', random: Math.random, take };
      await new StreamReader(settings).run(AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]));
      expect(taken).toBe(5);
    },
    40_000,
  );
});

describe('large messages', () => {
  it('are not all in memory at once', async () => {
    let asked = 0;
    const message = (size: number) =>
      ({
        subject: 'spam',
        payload: Buffer.from('{}'),
        header: (name) => (name === 'object' ? 'large/one' : undefined),
        object: async () => {
          asked++;
          return Buffer.alloc(size);
        },
      }) satisfies StreamMessage;
    const ten = Array.from({ length: 10 }, () => message(7 * 2 ** 20));
    expect(await firstReceived(ten)).toHaveLength(3);
    expect(asked).toBe(3);
    expect(await firstReceived([message(100 * 2 ** 20)])).toHaveLength(1);
  });
});
