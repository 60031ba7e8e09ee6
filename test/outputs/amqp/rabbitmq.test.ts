import { connect } from 'amqplib';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { randomBytes, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Capture } from '../../../src/lib/capture/capture.ts';
import { publishedBytes } from '../../../src/lib/capture/published.ts';
import { AmqpOutput, type AmqpSettings } from '../../../src/lib/outputs/amqp/amqp-output.ts';
import { delivered, Unavailable } from '../../../src/lib/outputs/output.ts';
import { captureOf, sha256 } from '../../support/captures.ts';
import { peer } from '../../support/peers.ts';
import { RabbitMq } from '../../support/rabbitmq.ts';

type Place = AmqpSettings['access']['place'];

function output(place: Place, settings: Partial<AmqpSettings> & Partial<AmqpSettings['access']> = {}): AmqpOutput {
  const { vhost = '/', ident = 'writer', secret = 'secret', connectMs = 30_000, ...rest } = settings;
  const made = new AmqpOutput('amqp', {
    access: { place, vhost, ident, secret, connectMs, heartbeatMs: 5_000 },
    exchange: 'spam',
    routingKeys: ['spam.mails'],
    queue: 'kept',
    record: 'full',
    sensor: 'test',
    maxMessage: 2 ** 27,
    confirmMs: 60_000,
    ...rest,
  });
  onTestFinished(() => made.close());
  return made;
}

const letter = (text: string) => captureOf(Buffer.from(`Subject: ${text}\r\n\r\n`));

peer('rabbitmq-server')('the AMQP output before RabbitMQ', () => {
  let rabbit: RabbitMq;
  beforeAll(async () => void (rabbit = await RabbitMq.start()), 240_000);
  afterAll(() => rabbit.stop(), 120_000);

  const here = (): Place => ({ host: '127.0.0.1', port: rabbit.port });
  const inTls = (tls: NonNullable<Place['tls']>): Place => ({ host: 'localhost', port: rabbit.tlsPort, tls });

  /** Everything in a queue, which is empty afterwards. */
  async function taken(queue: string) {
    const model = await connect({ port: rabbit.port, hostname: '127.0.0.1', username: 'writer', password: 'secret' });
    const channel = await model.createChannel();
    const messages = [];
    for (let got; (got = await channel.get(queue, { noAck: true })) !== false;) messages.push(got);
    await model.close();
    return messages;
  }

  function bytesIn(messages: readonly { readonly content: Buffer }[]): string[] {
    return messages.map(({ content }) => sha256(publishedBytes(JSON.parse(content.toString()) as { msg: string })));
  }

  it('publishes exact bytes, each confirmed, persistent and named', async () => {
    const captures = [
      captureOf(Buffer.alloc(0)),
      captureOf(Buffer.from('Subject: x\r\n\r\nnul \0 bare \r and \n no end')),
      captureOf(Buffer.from('Subject: Grüße ✉\r\n\r\n')),
      captureOf(randomBytes(3_000_000)),
    ];
    expect(await output(here()).deliver(captures)).toEqual(captures.map(() => delivered));
    const messages = await taken('kept');
    expect(bytesIn(messages)).toEqual(captures.map(({ facts }) => facts.sha256));
    expect(messages.map(({ properties }) => properties)).toMatchObject(
      captures.map(({ facts }) => ({
        messageId: facts.id,
        deliveryMode: 2,
        contentType: 'application/json',
        headers: { sha256: facts.sha256, sensor: 'test', v: 1 },
      })),
    );
  });

  it('publishes the bare bytes where that is wanted, under every key', async () => {
    const capture = letter('raw');
    await output(here(), { record: 'raw', routingKeys: ['one', 'two'] }).deliver([capture]);
    const messages = await taken('kept');
    expect(messages.map(({ content }) => sha256(content))).toEqual([capture.facts.sha256, capture.facts.sha256]);
    expect(messages.map(({ fields }) => fields.routingKey)).toEqual(['one', 'two']);
  });

  it('holds back what no queue would take, and says what to do', async () => {
    const feed = output(here(), { routingKeys: ['nobody.listens'], queue: undefined });
    await expect(feed.deliver([letter('lost')])).rejects.toThrow(
      'no queue takes what is published to "spam" with the key "nobody.listens": bind one, or set queue',
    );
  });

  it('takes an exchange as it is that somebody else has made', async () => {
    const model = await connect({ port: rabbit.port, hostname: '127.0.0.1', username: 'writer', password: 'secret' });
    await (await model.createChannel()).assertExchange('old', 'topic', { durable: false });
    await model.close();
    expect(await output(here(), { exchange: 'old' }).deliver([letter('old')])).toEqual([delivered]);
    expect(await taken('kept')).toHaveLength(1);
  });

  it('does not hammer a broker that does not accept its secret', async () => {
    const failure: unknown = await output(here(), { secret: 'wrong' })
      .deliver([letter('x')])
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect(failure).toMatchObject({ message: expect.stringContaining('does not accept "writer"') as string });
    expect((failure as Unavailable).retryAfterMs).toBeGreaterThanOrEqual(60_000);
  });

  it('says when the virtual host cannot be used', async () => {
    await expect(output(here(), { vhost: 'nowhere' }).deliver([letter('x')])).rejects.toThrow('virtual host "nowhere"');
  });

  it('speaks TLS with a broker that it knows by its CA or its fingerprint, and with no other', async () => {
    const { fingerprint256 } = new X509Certificate(rabbit.cert);
    expect(await output(inTls({ ca: rabbit.cert })).deliver([letter('ca')])).toEqual([delivered]);
    expect(await output(inTls({ pins: [fingerprint256] })).deliver([letter('pin')])).toEqual([delivered]);
    expect(await output(inTls({ verify: false })).deliver([letter('any')])).toEqual([delivered]);
    expect(await taken('kept')).toHaveLength(3);
    await expect(output(inTls({})).deliver([letter('x')])).rejects.toThrow('no TLS with localhost');
    await expect(output(inTls({ pins: ['00'.repeat(32)] })).deliver([letter('x')])).rejects.toThrow('none of those');
    const otherName = inTls({ ca: rabbit.cert, serverName: 'other.example' });
    await expect(output(otherName).deliver([letter('x')])).rejects.toThrow('other.example');
    const plain: Place = { ...inTls({}), port: rabbit.port };
    await expect(output(plain).deliver([letter('x')])).rejects.toThrow('TLS');
  });

  it('waits while the broker is short of memory, and loses nothing', async () => {
    const feed = output(here(), { confirmMs: 3_000 });
    await feed.deliver([letter('before')]);
    rabbit.control('set_vm_memory_high_watermark', 'absolute', '1');
    const during = letter('during');
    await expect(feed.deliver([during])).rejects.toThrow(/takes nothing at the moment|did not confirm/);
    rabbit.control('set_vm_memory_high_watermark', '0.4');
    expect(await feed.deliver([during])).toEqual([delivered]);
    const ids = new Set((await taken('kept')).map(({ properties }) => properties.messageId as string));
    expect(ids).toContain(during.facts.id);
  });

  it('loses nothing that was confirmed when the broker is killed again and again', async () => {
    const feed = output(here(), { confirmMs: 10_000 });
    const confirmed: Capture[] = [];
    for (let kill = 0; kill < 5; kill++) {
      const gone = new AbortController();
      let before = 0;
      const delivering = (async () => {
        for (let number = 0; !gone.signal.aborted; number++) {
          const batch = Array.from({ length: 20 }, (_, index) => letter(`${kill}.${number}.${index}`));
          // Some fail: then it is not known what became of them.
          if (!(await feed.deliver(batch).catch(() => undefined))) continue;
          confirmed.push(...batch);
          before++;
        }
      })();
      await expect.poll(() => before).toBeGreaterThan(5);
      await rabbit.kill();
      gone.abort();
      await delivering;
      await rabbit.up();
    }
    const after = letter('after');
    for (let tries = 0; tries < 20; tries++) if (await feed.deliver([after]).catch(() => undefined)) break;
    const kept = new Set((await taken('kept')).map(({ properties }) => properties.messageId as string));
    expect(confirmed.filter(({ facts }) => !kept.has(facts.id))).toEqual([]);
    expect(confirmed.length).toBeGreaterThan(5 * 5 * 20);
    expect(kept).toContain(after.facts.id);
  }, 300_000);
});

/** A server that does with a connection what a test wants. */
async function serverThat(meets: (socket: Socket) => void): Promise<Place> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    meets(socket);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

it('says when nobody answers in AMQP', async () => {
  const silent = await serverThat(() => undefined);
  await expect(output(silent, { connectMs: 300 }).deliver([letter('x')])).rejects.toThrow(/no AMQP|ended/);
});

it('says when the conversation ends before it began', async () => {
  const rude = await serverThat((socket) => socket.once('data', () => socket.destroy()));
  await expect(output(rude).deliver([letter('x')])).rejects.toThrow('before it began');
});

it('sets aside what is longer than the broker takes', async () => {
  const nobody = await serverThat(() => undefined);
  const long = captureOf(randomBytes(2_000));
  const [outcome] = await output(nobody, { maxMessage: 1_000 }).deliver([long]);
  expect(outcome).toMatchObject({ kind: 'refused', why: expect.stringContaining('longer than') as string });
});
