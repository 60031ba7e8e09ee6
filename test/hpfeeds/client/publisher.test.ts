import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FeedFault } from '../../../src/lib/hpfeeds/client/feed-fault.ts';
import { Publisher, type LinkUp, type PublisherSettings } from '../../../src/lib/hpfeeds/client/publisher.ts';
import type { Publication } from '../../../src/lib/hpfeeds/client/publication.ts';
import { encodeReceipts } from '../../../src/lib/hpfeeds/receipt.ts';
import { encodeFrame } from '../../../src/lib/hpfeeds/wire/encode.ts';
import { isAuthDigest } from '../../../src/lib/hpfeeds/wire/secret.ts';
import { selfSigned } from '../../../src/lib/tls/self-signed.ts';
import { denied, echoes, FakeBroker, type FakeOptions } from '../fake-broker.ts';
import { RawClient } from '../raw-client.ts';
import { linkTo, reader, startBroker, writer } from '../scene.ts';

const never = new AbortController().signal;

function publication(text: string, channel = 'spam.mails'): Publication {
  const payload = Buffer.from(text);
  return { channel, payload, sha256: createHash('sha256').update(payload).digest('hex') };
}

function publisherTo(port: number, settings: Partial<PublisherSettings> = {}) {
  const ups: LinkUp[] = [];
  const publisher = new Publisher({
    ...linkTo(port, writer),
    level: 'broker',
    frameLimit: 2 ** 20,
    confirmMs: 60_000,
    now: Date.now,
    onUp: (up) => ups.push(up),
    ...settings,
  });
  onTestFinished(() => publisher.close());
  return { publisher, ups };
}

/** Why it was not handed over. */
async function faultOf(work: Promise<unknown>): Promise<FeedFault> {
  const thrown: unknown = await work.then(
    () => new Error('it was handed over'),
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ name: 'FeedFault' });
  return thrown as FeedFault;
}

describe('a publisher before our own broker', () => {
  it('confirms by echo, and the subscriber has everything in order', async () => {
    const { port } = await startBroker();
    const subscriber = await RawClient.as(reader, port);
    subscriber.say({ operation: 'subscribe', ident: 'reader', channel: 'spam.mails' });
    await subscriber.echo('reader');
    const { publisher, ups } = publisherTo(port);
    await publisher.hand([publication('one'), publication('two')], never);
    await publisher.hand([publication('three')], never);
    await subscriber.echo('reader');
    expect(subscriber.published.map(({ payload }) => payload.toString())).toEqual(['one', 'two', 'three']);
    expect(ups).toMatchObject([{ broker: 'test', by: 'echo' }]);
  });

  it('knows that something is stored when everything has a receipt, once for each channel', async () => {
    const { port } = await startBroker();
    const ingester = await RawClient.as(reader, port);
    ingester.say({ operation: 'subscribe', ident: 'reader', channel: 'spam.mails' });
    ingester.say({ operation: 'subscribe', ident: 'reader', channel: 'other' });
    await ingester.echo('reader');
    const { publisher } = publisherTo(port, { level: 'stored' });
    const batch = [publication('a'), publication('a'), publication('b'), publication('a', 'other')];
    const handed = publisher.hand(batch, never);
    let done = false;
    void handed.then(() => (done = true));
    await ingester.frame(ingester.frames.length + 4);
    const say = async (channel: string, ...texts: readonly string[]) => {
      const sha256 = texts.map((text) => publication(text).sha256);
      for (const payload of encodeReceipts({ channel, sha256 })) {
        ingester.say({ operation: 'publish', ident: 'reader', channel: 'trap.receipts', payload });
      }
      await ingester.echo('reader');
    };
    await say('spam.mails', 'a', 'unknown');
    await say('other', 'b');
    ingester.say({ operation: 'publish', ident: 'reader', channel: 'trap.receipts', payload: Buffer.from('{"v":1') });
    await say('spam.mails', 'b');
    expect(done).toBe(false);
    await say('other', 'a');
    await handed;
  });

  it('says when nobody stores what it sends', async () => {
    const { port } = await startBroker();
    const { publisher } = publisherTo(port, { level: 'stored', confirmMs: 200 });
    const fault = await faultOf(publisher.hand([publication('a')], never));
    expect(fault).toMatchObject({ kind: 'timeout', message: expect.stringContaining('1 of a batch') as string });
  });

  it('never sends what is over the limit', async () => {
    const { port } = await startBroker();
    const { publisher } = publisherTo(port, { frameLimit: 1_000 });
    const head = encodeFrame({
      operation: 'publish',
      ident: 'writer',
      channel: 'spam.mails',
      payload: Buffer.alloc(0),
    });
    const largest = publication('x'.repeat(1_000 - head.length));
    expect(publisher.fits(largest)).toBe(true);
    await publisher.hand([largest], never);
    const tooLong = publication('x'.repeat(1_001 - head.length));
    expect(publisher.fits(tooLong)).toBe(false);
    await expect(publisher.hand([tooLong], never)).rejects.toThrow(RangeError);
  });
});

describe('how a batch is confirmed', () => {
  const cases: Record<string, FakeOptions> = {
    'a broker that denies the echo': {
      answer({ operation }, connection) {
        if (operation === 'subscribe') {
          connection.say(denied('sub', 'trap.echo.writer'));
          connection.socket.end();
        }
      },
    },
    'a broker that denies publishing to the echo': {
      answer(frame, { say, socket }) {
        if (frame.operation !== 'publish' || frame.channel !== 'trap.echo.writer') return;
        say(denied('pub', frame.channel));
        socket.end();
      },
    },
    'a broker that does not let anybody hear himself': {},
  };

  it.each(Object.entries(cases))('by the end of a connection, before %s', async (_, options) => {
    const broker = await FakeBroker.start(options);
    const { publisher, ups } = publisherTo(broker.port, { confirmMs: 1_000 });
    await publisher.hand([publication('one'), publication('two')], never);
    await publisher.hand([publication('three')], never);
    expect(broker.published).toEqual(['one', 'two', 'three']);
    // One to find out, then one for each batch.
    expect(broker.connections).toHaveLength(3);
    expect(ups.map(({ by }) => by)).toEqual(['end']);
  });

  it('not by an end that comes before everything was sent', async () => {
    const broker = await FakeBroker.start({
      answer({ operation }, { say, socket, number }) {
        if (number === 1 && operation === 'subscribe') say(denied('sub', 'trap.echo.writer'));
        if (number > 1 && operation === 'auth') socket.end();
      },
    });
    const { publisher } = publisherTo(broker.port);
    const large = publication('x'.repeat(900_000));
    const fault = await faultOf(publisher.hand(Array(50).fill(large), never));
    expect(['ended', 'lost']).toContain(fault.kind);
  });

  it('not when a channel is denied', async () => {
    const broker = await FakeBroker.start({
      answer(frame, connection) {
        if (frame.operation === 'publish' && frame.channel === 'spam.mails')
          connection.say(denied('pub', frame.channel));
        else echoes(frame, connection);
      },
    });
    const { publisher } = publisherTo(broker.port);
    const fault = await faultOf(publisher.hand([publication('x')], never));
    expect(fault).toMatchObject({ kind: 'publish denied', channel: 'spam.mails' });
  });

  it('not by an echo that somebody else makes up', async () => {
    const broker = await FakeBroker.start({
      answer(frame, { say, number }) {
        if (frame.operation === 'publish') say({ ...frame, payload: number === 1 ? Buffer.alloc(16) : frame.payload });
      },
    });
    const { publisher } = publisherTo(broker.port, { confirmMs: 300 });
    await publisher.hand([publication('x')], never);
    expect(broker.connections.length).toBeGreaterThan(1);
  });

  it('by nothing but the kernel where that is enough', async () => {
    const broker = await FakeBroker.start();
    const { publisher, ups } = publisherTo(broker.port, { level: 'socket' });
    await publisher.hand([publication('x')], never);
    expect(ups).toMatchObject([{ by: 'socket' }]);
  });
});

describe('what goes wrong', () => {
  it.each([0, 4, 8, 16])('is not a nonce of %i bytes', async (length) => {
    const nonce = Buffer.alloc(length, 7);
    const broker = await FakeBroker.start({ nonce, answer: echoes });
    const { publisher } = publisherTo(broker.port);
    await publisher.hand([], never);
    const [auth] = broker.connections[0]!.frames;
    expect(auth?.operation === 'auth' && isAuthDigest(auth.digest, nonce, writer.secret)).toBe(true);
  });

  it('is not a greeting that comes byte by byte', async () => {
    const broker = await FakeBroker.start({ greets: 'byte by byte', answer: echoes });
    await publisherTo(broker.port).publisher.hand([publication('x')], never);
    expect(broker.published).toEqual(['x']);
  });

  it('is told: a broker that does not greet', async () => {
    const broker = await FakeBroker.start({ greets: 'no' });
    const fault = await faultOf(publisherTo(broker.port, { greetingMs: 100 }).publisher.hand([], never));
    expect(fault).toMatchObject({ kind: 'greeting', message: expect.stringContaining('did not greet') as string });
  });

  it('is told: something that is no broker', async () => {
    const broker = await FakeBroker.start({ greets: 'no' });
    const { publisher } = publisherTo(broker.port);
    const fault = faultOf(publisher.hand([], never));
    await expect.poll(() => broker.connections.length).toBe(1);
    broker.connections[0]!.socket.write('220 mail.example.org ESMTP\r\n');
    expect(await fault).toMatchObject({ kind: 'greeting', message: expect.stringContaining('no hpfeeds') as string });
  });

  it('is told: a broker that reads nothing, with what is sent bounded by the batch', async () => {
    const broker = await FakeBroker.start({ answer: (_, { socket }) => void socket.pause() });
    const { publisher } = publisherTo(broker.port, { level: 'socket', confirmMs: 300 });
    const fault = await faultOf(publisher.hand(Array(60).fill(publication('x'.repeat(900_000))), never));
    expect(fault).toMatchObject({ kind: 'timeout', message: 'the broker has read nothing for 300 ms' });
  });

  it('is told: a reset in the middle of a frame', async () => {
    const broker = await FakeBroker.start({
      answer(_, { socket }) {
        socket.write(Buffer.from([0, 0, 1, 0, 3]));
        socket.resetAndDestroy();
      },
    });
    expect(await faultOf(publisherTo(broker.port).publisher.hand([], never))).toMatchObject({ kind: 'lost' });
  });

  it('is told: a wrong secret, which is not tried again before its time', async () => {
    const { port } = await startBroker();
    let now = 0;
    const { publisher } = publisherTo(port, { secret: 'wrong', now: () => now });
    expect(await faultOf(publisher.hand([], never))).toMatchObject({ kind: 'credentials', retryAfterMs: 60_000 });
    now = 59_000;
    expect(await faultOf(publisher.hand([], never))).toMatchObject({ kind: 'credentials', retryAfterMs: 1_000 });
    now = 60_000;
    expect(await faultOf(publisher.hand([], never))).toMatchObject({ kind: 'credentials', retryAfterMs: 120_000 });
  });

  it('is told: a broker that closes without a word', async () => {
    const broker = await FakeBroker.start({ answer: (_, { socket }) => void socket.end() });
    const fault = await faultOf(publisherTo(broker.port).publisher.hand([], never));
    expect(fault.message).toContain('some do that when they do not accept an identity');
  });

  it('is told: an error that needs not be the end', async () => {
    const broker = await FakeBroker.start({
      answer: (frame, { say }) =>
        frame.operation === 'publish' && say({ operation: 'error', text: 'too busy\u001b[2J' }),
    });
    const fault = await faultOf(publisherTo(broker.port).publisher.hand([publication('x')], never));
    expect(fault).toMatchObject({ kind: 'refused', message: 'the broker says "too busy\u001b[2J"' });
  });

  it('is told: a name without an address, and a port where nobody listens', async () => {
    const { publisher } = publisherTo(1, { place: { host: 'nowhere.invalid', port: 1 } });
    expect(await faultOf(publisher.hand([], never))).toMatchObject({ kind: 'resolve' });
    expect(await faultOf(publisherTo(1).publisher.hand([], never))).toMatchObject({ kind: 'connect' });
  });

  it('is overcome: an address at which nobody listens, before one at which somebody does', async () => {
    const broker = await FakeBroker.start({ answer: echoes });
    const { publisher } = publisherTo(broker.port, {
      place: { host: 'two.example', port: broker.port },
      lookup: (_host, _options, found) =>
        found(null, [
          { address: '::1', family: 6 },
          { address: '127.0.0.2', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    });
    await publisher.hand([publication('x')], never);
    expect(broker.published).toEqual(['x']);
  });

  it('is overcome: a link that has gone, with the next batch', async () => {
    const broker = await FakeBroker.start({ answer: echoes });
    const { publisher } = publisherTo(broker.port);
    await publisher.hand([publication('one')], never);
    broker.connections[0]!.socket.resetAndDestroy();
    const second = await publisher.hand([publication('two')], never).catch((error: unknown) => error);
    // It may have noticed before or while it sent; either way it is not called handed over without being so.
    if (second !== undefined) await publisher.hand([publication('two')], never);
    expect(broker.published.filter((text) => text === 'two').length).toBeGreaterThan(0);
  });

  it('ends at once when it is to end', async () => {
    const broker = await FakeBroker.start({ greets: 'no' });
    const stop = new AbortController();
    const handed = publisherTo(broker.port).publisher.hand([], stop.signal);
    await expect.poll(() => broker.connections.length).toBe(1);
    stop.abort();
    await expect(handed).rejects.toThrow();
  });
});

describe('TLS', () => {
  it('is spoken with a broker that is known by its CA or its fingerprint, and with no other', async () => {
    const certificate = await selfSigned('localhost', Date.now());
    const { fingerprint256 } = new X509Certificate(certificate.cert);
    const broker = await FakeBroker.start({ tls: certificate, answer: echoes });
    const to = (tls: PublisherSettings['place']['tls'], port = broker.port) =>
      publisherTo(port, { place: { host: 'localhost', port, tls }, greetingMs: 500 }).publisher.hand([], never);
    await to({ ca: certificate.cert });
    await to({ pins: [fingerprint256] });
    await to({ pins: [fingerprint256.replaceAll(':', '').toLowerCase()] });
    await to({ verify: false });
    expect(await faultOf(to({}))).toMatchObject({ kind: 'tls' });
    expect(await faultOf(to({ ca: (await selfSigned('localhost', Date.now())).cert }))).toMatchObject({ kind: 'tls' });
    const pin = await faultOf(to({ pins: ['00'.repeat(32)] }));
    expect(pin.message).toContain(`it is ${fingerprint256}`);
    const name = await faultOf(to({ ca: certificate.cert, serverName: 'other.example' }));
    expect(name.message).toContain('other.example');
    const plain = await FakeBroker.start({ answer: echoes });
    expect(await faultOf(to({}, plain.port))).toMatchObject({
      message: `localhost port ${plain.port} does not speak TLS`,
    });
    expect(await faultOf(to(undefined))).toMatchObject({ kind: 'greeting' });
  });
});
