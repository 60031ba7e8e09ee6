import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Subscriber, type SubscriberSettings } from '../../../src/lib/hpfeeds/client/subscriber.ts';
import { decodeReceipt, encodeReceipts } from '../../../src/lib/hpfeeds/receipt.ts';
import { FakeBroker } from '../fake-broker.ts';
import { RawClient } from '../raw-client.ts';
import { linkTo, reader, startBroker, writer } from '../scene.ts';

function subscribe(port: number, settings: Partial<SubscriberSettings> = {}) {
  const taken: string[] = [];
  const told: string[] = [];
  const stop = new AbortController();
  const subscriber = new Subscriber({
    ...linkTo(port, reader),
    channels: ['spam.mails'],
    take: async (messages) => void taken.push(...messages.map(({ payload }) => payload.toString())),
    onUp: ({ broker }) => told.push(`up ${broker}`),
    onDown: ({ kind }) => told.push(`down ${kind}`),
    whenRefused: 'retry',
    now: Date.now,
    random: () => 0,
    ...settings,
  });
  const running = subscriber.run(stop.signal);
  onTestFinished(() => stop.abort());
  return { taken, told, stop, running };
}

const mail = (text: string) =>
  ({ operation: 'publish', ident: 'writer', channel: 'spam.mails', payload: Buffer.from(text) }) as const;

describe('a subscriber', () => {
  it('takes everything in order, and the broker waits while it is busy', async () => {
    const { port, broker } = await startBroker();
    const most: number[] = [];
    let release: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    const { taken } = subscribe(port, {
      take: async (messages) => {
        most.push(messages.length);
        await busy;
        taken.push(...messages.map(({ payload }) => payload.toString()));
      },
    });
    const publisher = await RawClient.as(writer, port);
    await expect.poll(() => broker.exchange.route('spam.mails').size).toBe(1);
    for (let number = 0; number < 20_000; number++) publisher.say(mail(`${number}`));
    await publisher.echo('writer');
    release();
    await expect.poll(() => taken.length, { timeout: 60_000 }).toBe(20_000);
    expect(taken).toEqual(Array.from({ length: 20_000 }, (_, number) => `${number}`));
    // A chunk that has come may hold more than the window.
    expect(Math.max(...most)).toBeLessThan(20_000);
  });

  it('comes back, and subscribes once on each connection', async () => {
    const broker = await FakeBroker.start({
      answer: ({ operation }, { say, socket, number }) => {
        if (operation !== 'subscribe') return;
        say(mail(`${number}`));
        if (number < 3) socket.end();
      },
    });
    const { taken, told } = subscribe(broker.port);
    await expect.poll(() => taken).toEqual(['1', '2', '3']);
    expect(told).toEqual(['up fake', 'down ended', 'up fake', 'down ended', 'up fake']);
    for (const { frames } of broker.connections) {
      expect(frames.map(({ operation }) => operation)).toEqual(['auth', 'subscribe']);
    }
  });

  it('gives up at once where it is not let in, if that is wanted', async () => {
    const { port } = await startBroker();
    const secret = subscribe(port, { secret: 'wrong', whenRefused: 'give up' });
    await expect(secret.running).rejects.toMatchObject({ kind: 'credentials' });
    const channel = subscribe(port, { channels: ['spam.mails', 'forbidden'], whenRefused: 'give up' });
    await expect(channel.running).rejects.toMatchObject({ kind: 'subscribe denied', channel: 'forbidden' });
  });

  it('takes what has come before it ends', async () => {
    const { port, broker } = await startBroker();
    const { taken, stop, running } = subscribe(port, {
      take: async (messages) => {
        stop.abort();
        await new Promise((resolve) => setImmediate(resolve));
        taken.push(...messages.map(({ payload }) => payload.toString()));
      },
    });
    const publisher = await RawClient.as(writer, port);
    await expect.poll(() => broker.exchange.route('spam.mails').size).toBe(1);
    publisher.say(mail('one'), mail('two'));
    await running;
    expect(taken).toEqual(['one', 'two']);
  });

  it('ends with the failure of whoever takes', async () => {
    const { port, broker } = await startBroker();
    const { running } = subscribe(port, { take: () => Promise.reject(new Error('the disk is full')) });
    const failed = expect(running).rejects.toThrow('the disk is full');
    const publisher = await RawClient.as(writer, port);
    await expect.poll(() => broker.exchange.route('spam.mails').size).toBe(1);
    publisher.say(mail('x'));
    await failed;
  });
});

describe('receipts', () => {
  const hash = fc.stringMatching(/^[\da-f]{64}$/);

  it('come back as they were, in payloads that every broker takes', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 100 }),
        fc.array(hash, { minLength: 1, maxLength: 1_200 }),
        (channel, sha256) => {
          const payloads = encodeReceipts({ channel, sha256 });
          expect(payloads.every(({ length }) => length < 64 * 1024)).toBe(true);
          const read = payloads.map((payload) => decodeReceipt(payload));
          expect(read.flatMap((receipt) => receipt?.sha256)).toEqual(sha256);
          expect(new Set(read.map((receipt) => receipt?.channel))).toEqual(new Set([channel]));
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    '',
    'null',
    '[]',
    '{"v":2,"channel":"c","sha256":[]}',
    '{"v":1,"channel":1,"sha256":[]}',
    '{"v":1,"channel":"c","sha256":"x"}',
    '{"v":1,"channel":"c","sha256":["ABC"]}',
    `{"v":1,"channel":"${'c'.repeat(70_000)}","sha256":[]}`,
  ])('are not made of %.40j', (text) => expect(decodeReceipt(Buffer.from(text))).toBeUndefined());

  it('are not made of random bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => decodeReceipt(Buffer.from(bytes)) === undefined));
  });
});
