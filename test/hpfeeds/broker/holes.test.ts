import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../../src/lib/hpfeeds/wire/encode.ts';
import { authDigest } from '../../../src/lib/hpfeeds/wire/secret.ts';
import { RawClient } from '../raw-client.ts';
import { reader, startBroker, TestUsers, user, writer } from '../scene.ts';

const mail = (text: string) =>
  ({ operation: 'publish', ident: 'writer', channel: 'spam.mails', payload: Buffer.from(text) }) as const;
const subscription = { operation: 'subscribe', ident: 'reader', channel: 'spam.mails' } as const;

/** A reader that has its subscription, for sure. */
async function listening(port: number): Promise<RawClient> {
  const client = await RawClient.as(reader, port);
  client.say(subscription);
  await client.echo('reader');
  return client;
}

/** The broker still serves others. */
async function stillServes(port: number): Promise<void> {
  const [listener, publisher] = [await listening(port), await RawClient.as(writer, port)];
  publisher.say(mail('still there'));
  await publisher.echo('writer');
  await listener.echo('reader');
  expect(listener.published.map(({ payload }) => payload.toString())).toEqual(['still there']);
}

function rawFrame(length: number, opcode: number, body = ''): Buffer {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.writeInt32BE(length);
  bytes[4] = opcode;
  bytes.write(body, 5, 'latin1');
  return bytes;
}

describe('what the reference broker cannot bear', () => {
  it.each([0, 1, 4, -1])('a frame of length %i is refused, and the broker goes on', async (length) => {
    const { port } = await startBroker();
    const client = await RawClient.connect(port);
    client.socket.write(rawFrame(length, 3));
    expect(await client.refused()).toBe(`Protocol error: a frame says that it is ${length} bytes long`);
    await stillServes(port);
  });

  it('subscribing twice leaves one subscription, and none when the client has gone', async () => {
    const { port } = await startBroker();
    const twice = await RawClient.as(reader, port);
    twice.say(subscription, subscription);
    await twice.echo('reader');
    const publisher = await RawClient.as(writer, port);
    publisher.say(mail('once'));
    await publisher.echo('writer');
    await twice.echo('reader');
    expect(twice.published).toHaveLength(1);
    twice.say({ ...subscription, operation: 'unsubscribe' });
    await twice.echo('reader');
    publisher.say(mail('never'));
    await publisher.echo('writer');
    await twice.echo('reader');
    expect(twice.published).toHaveLength(1);
    twice.socket.destroy();
    await twice.closed;
    publisher.say(mail('to nobody'));
    await publisher.echo('writer');
    await stillServes(port);
  });

  it('a subscription that is not allowed is none', async () => {
    const { port, broker } = await startBroker();
    const curious = await RawClient.as(reader, port);
    curious.say({ ...subscription, channel: 'secret' });
    expect(await curious.refused()).toBe('Authkey not allowed to sub here. ident=reader, chan=secret');
    expect(broker.exchange.route('secret').size).toBe(0);
  });

  it.each([
    ['a truncated body', rawFrame(8, 3, '\x01a\x05'), 'Protocol error: a frame ends in the middle of a name'],
    ['an ident that is no UTF-8', rawFrame(9, 3, '\x01\xff\x00x'), 'Protocol error: a name is not UTF-8'],
    [
      'an INFO',
      encodeFrame({ operation: 'info', broker: 'x', nonce: Buffer.alloc(4) }),
      'Protocol error: unexpected "info"',
    ],
    ['an ERROR', encodeFrame({ operation: 'error', text: 'x' }), 'Protocol error: unexpected "error"'],
    ['an unknown opcode', rawFrame(5, 9), 'Protocol error: there is no opcode 9'],
  ])('%s is answered before the end', async (_, bytes, answer) => {
    const { port } = await startBroker();
    const client = await RawClient.as(writer, port);
    client.socket.write(bytes);
    expect(await client.refused()).toBe(answer);
    await stillServes(port);
  });

  it('who is already known cannot become somebody else', async () => {
    const { port } = await startBroker();
    const client = await RawClient.as(writer, port);
    client.say({ operation: 'auth', ident: 'reader', digest: authDigest(client.nonce, reader.secret) });
    expect(await client.refused()).toBe('Protocol error: unexpected "auth"');
  });

  it('taking back a subscription that is none changes nothing', async () => {
    const { port, broker } = await startBroker();
    const client = await RawClient.as(reader, port);
    client.say({ ...subscription, operation: 'unsubscribe' });
    await client.echo('reader');
    expect(broker.metrics.ident('reader').channels.get('spam.mails')?.subscriptions ?? 0).toBe(0);
  });
});

describe('who is let in', () => {
  it('nobody who does not say who it is at first', async () => {
    const { port } = await startBroker();
    const client = await RawClient.connect(port);
    client.say(subscription);
    expect(await client.refused()).toBe('First message was not AUTH');
  });

  it.each([
    ['unknown', { ...writer, ident: 'stranger' }, 'Authentication failed for stranger'],
    ['with a wrong secret', { ...writer, secret: 'x' }, 'Invalid authkey in message, ident=writer'],
  ])('nobody who is %s', async (_, as, answer) => {
    const { port, notices } = await startBroker();
    expect(await (await RawClient.as(as, port)).refused()).toBe(answer);
    expect(notices.filter(({ kind }) => kind === 'authenticated')).toEqual([]);
    expect(notices.at(-1)).toMatchObject({ kind: 'refused', text: answer });
  });

  it('nobody who publishes for somebody else, or where it may not', async () => {
    const { port } = await startBroker();
    const other = await RawClient.as(writer, port);
    other.say({ ...mail('x'), ident: 'reader' });
    expect(await other.refused()).toBe('Invalid authkey in message, ident=reader');
    const elsewhere = await RawClient.as(writer, port);
    elsewhere.say({ ...mail('x'), channel: 'elsewhere' });
    expect(await elsewhere.refused()).toBe('Authkey not allowed to pub here. ident=writer, chan=elsewhere');
  });

  it('everything in one segment, and byte by byte', async () => {
    const { port } = await startBroker({ users: new TestUsers(user('both', ['c'], ['c'])) });
    for (const cut of ['whole', 'bytes'] as const) {
      const client = await RawClient.connect(port);
      const payload = Buffer.from('own');
      const stream = Buffer.concat([
        encodeFrame({ operation: 'auth', ident: 'both', digest: authDigest(client.nonce, "both's") }),
        encodeFrame({ operation: 'subscribe', ident: 'both', channel: 'c' }),
        encodeFrame({ operation: 'publish', ident: 'both', channel: 'c', payload }),
        encodeFrame({ operation: 'publish', ident: 'both', channel: 'c', payload: Buffer.alloc(0) }),
      ]);
      if (cut === 'whole') client.socket.write(stream);
      else for (const byte of stream) client.socket.write(Buffer.of(byte));
      await client.frame(3);
      expect(client.published.map((one) => one.payload)).toEqual([payload, Buffer.alloc(0)]);
    }
  });

  it('ends what a user is no longer allowed, at once', async () => {
    const { port, broker, users } = await startBroker();
    const [listener, publisher] = [await listening(port), await RawClient.as(writer, port)];
    publisher.say(mail('before'));
    await publisher.echo('writer');
    users.put(user('reader', [], []));
    broker.usersChanged();
    expect(await listener.refused()).toBe('Authkey not allowed to sub here. ident=reader, chan=spam.mails');
    users.remove('writer');
    broker.usersChanged();
    expect(await publisher.refused()).toBe('Authentication failed for writer');
  });

  it('lets a publisher hear how far it is and a reader say what it has stored, and nobody hear others', async () => {
    const { port } = await startBroker();
    const publisher = await RawClient.as(writer, port);
    publisher.say({ operation: 'subscribe', ident: 'writer', channel: 'trap.receipts' });
    await publisher.echo('writer');
    const listener = await RawClient.as(reader, port);
    listener.say({ operation: 'publish', ident: 'reader', channel: 'trap.receipts', payload: Buffer.from('stored') });
    await listener.echo('reader');
    await publisher.echo('writer');
    expect(publisher.published.map(({ channel }) => channel)).toEqual(['trap.receipts']);
    listener.say({ operation: 'subscribe', ident: 'reader', channel: 'trap.echo.writer' });
    expect(await listener.refused()).toContain('not allowed to sub here');
    const [info] = publisher.frames;
    expect(info?.operation === 'info' && info.broker).toMatch(/^test;trap-ack=1;time=\d{13}$/);
  });
});

describe('limits', () => {
  it('send away who does not say who it is in time', async () => {
    const { port, broker } = await startBroker({ limits: { authTime: 200 } });
    const clients = await Promise.all(Array.from({ length: 300 }, () => RawClient.connect(port)));
    for (const client of clients) expect(await client.refused()).toBe('Authentication took too long');
    await expect.poll(() => broker.metrics.connections).toBe(0);
  });

  it('hold for connections in all, of one address and of one identity', async () => {
    const all = await startBroker({ limits: { connections: 1 } });
    await RawClient.as(writer, all.port);
    await expect(RawClient.connect(all.port)).rejects.toThrow('closed');
    expect(await all.noticed('capped')).toMatchObject({ limit: 'connections' });
    const address = await startBroker({ limits: { perAddress: 1 } });
    await RawClient.as(writer, address.port);
    await expect(RawClient.connect(address.port)).rejects.toThrow('closed');
    expect(await address.noticed('capped')).toMatchObject({ limit: 'perAddress' });
    const identity = await startBroker({ limits: { perIdentity: 1 } });
    const first = await RawClient.as(writer, identity.port);
    await first.echo('writer');
    expect(await (await RawClient.as(writer, identity.port)).refused()).toBe('Too many connections for writer');
    await (await RawClient.as(reader, identity.port)).echo('reader');
    first.socket.destroy();
    await identity.noticed('left');
    await (await RawClient.as(writer, identity.port)).echo('writer');
  });

  it('let nobody who is not known keep a large frame in memory', async () => {
    const { port } = await startBroker();
    const stranger = await RawClient.connect(port);
    stranger.socket.write(rawFrame(2 ** 20, 3));
    expect(await stranger.refused()).toContain('over the limit of 1024');
  });

  it.each([2 ** 20 + 5, 10 * 2 ** 20 + 5])('hold for frames of %i bytes', async (frame) => {
    const { port } = await startBroker({ limits: { frame, backlog: 64 * 2 ** 20 } });
    const listener = await listening(port);
    const publisher = await RawClient.as(writer, port);
    const head = encodeFrame(mail('')).length;
    const payload = Buffer.alloc(frame - head, 1);
    publisher.say({ ...mail(''), payload });
    await publisher.echo('writer');
    await listener.echo('reader');
    expect(listener.published[0]!.payload.equals(payload)).toBe(true);
    publisher.say({ ...mail(''), payload: Buffer.alloc(frame - head + 1) });
    expect(await publisher.refused()).toContain(`over the limit of ${frame}`);
    await stillServes(port);
  });
});

describe('the end', () => {
  it('comes to a client that has closed its half after everything it said', async () => {
    const { port } = await startBroker();
    const listener = await listening(port);
    const publisher = await RawClient.as(writer, port);
    for (let number = 0; number < 500; number++) publisher.say(mail(`${number}`));
    publisher.socket.end();
    await publisher.closed;
    expect(publisher.closedBy).toBe('end');
    await listener.echo('reader');
    expect(listener.published.map(({ payload }) => Number(payload.toString()))).toEqual([...Array(500).keys()]);
  });

  it('by a reset in the middle of a frame is the end of one client alone', async () => {
    const { port, noticed } = await startBroker();
    const publisher = await RawClient.as(writer, port);
    await publisher.echo('writer');
    publisher.socket.write(encodeFrame(mail('half of this')).subarray(0, 20));
    publisher.socket.resetAndDestroy();
    await noticed('left');
    await stillServes(port);
  });

  it('of the broker comes when everybody has what waits for them', async () => {
    const { port, broker } = await startBroker();
    const listener = await listening(port);
    const publisher = await RawClient.as(writer, port);
    for (let number = 0; number < 100; number++) publisher.say({ ...mail(''), payload: Buffer.alloc(10_000, number) });
    await publisher.echo('writer');
    const closed = broker.close(new AbortController().signal);
    await closed;
    await listener.closed;
    expect(listener.published).toHaveLength(100);
  });
});
