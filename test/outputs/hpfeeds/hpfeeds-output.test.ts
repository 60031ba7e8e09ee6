import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publishedBytes } from '../../../src/lib/capture/published.ts';
import { Publisher, type PublisherSettings } from '../../../src/lib/hpfeeds/client/publisher.ts';
import { HpfeedsOutput, type HpfeedsSettings } from '../../../src/lib/outputs/hpfeeds/hpfeeds-output.ts';
import { BatchRefused, delivered, Unavailable } from '../../../src/lib/outputs/output.ts';
import { captureOf, sha256 } from '../../support/captures.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { echoes, FakeBroker } from '../../hpfeeds/fake-broker.ts';
import { RawClient } from '../../hpfeeds/raw-client.ts';
import { linkTo, reader, startBroker, writer } from '../../hpfeeds/scene.ts';

function outputTo(port: number, settings: Partial<HpfeedsSettings & PublisherSettings> = {}): HpfeedsOutput {
  const { frameLimit = 2 ** 20 } = settings;
  const publisher = new Publisher({
    ...linkTo(port, writer),
    level: 'broker',
    frameLimit,
    confirmMs: 60_000,
    now: Date.now,
    ...settings,
  });
  const output = new HpfeedsOutput(
    'feed',
    { channels: ['spam.mails'], record: 'plain', sensor: 'test', frameLimit, batch: 256, window: 2 ** 22, ...settings },
    publisher,
  );
  onTestFinished(() => output.close());
  return output;
}

async function listening(port: number): Promise<RawClient> {
  const client = await RawClient.as(reader, port);
  for (const channel of ['spam.mails', 'other']) client.say({ operation: 'subscribe', ident: 'reader', channel });
  await client.echo('reader');
  return client;
}

const letter = (text: string) => captureOf(Buffer.from(`Subject: ${text}\r\n\r\n`));

describe('the hpfeeds output', () => {
  it('publishes exact bytes on every channel, in order', async () => {
    const { port } = await startBroker();
    const listener = await listening(port);
    const captures = [
      captureOf(Buffer.alloc(0)),
      captureOf(Buffer.from('nul \0 bare \r and \n no end')),
      captureOf(Buffer.from('Subject: Grüße ✉\r\n\r\n')),
      captureOf(randomBytes(5_000)),
      captureOf(randomBytes(100_000), { asFile: join(temporaryDirectory(), 'side') }),
    ];
    const output = outputTo(port, { channels: ['spam.mails', 'other'], record: 'full' });
    expect(await output.deliver(captures)).toEqual(captures.map(() => delivered));
    await listener.echo('reader');
    for (const channel of ['spam.mails', 'other']) {
      const records = listener.published
        .filter((one) => one.channel === channel)
        .map(({ payload }) => JSON.parse(payload.toString()) as { id: string; sha256: string; msg: string });
      expect(records.map(({ id }) => id)).toEqual(captures.map(({ facts }) => facts.id));
      expect(records.map((record) => sha256(publishedBytes(record)))).toEqual(
        captures.map(({ facts }) => facts.sha256),
      );
      expect(Object.keys(records[0]!).slice(0, 2)).toEqual(['sha256', 'msg']);
    }
  });

  it('publishes the bare bytes where that is wanted', async () => {
    const { port } = await startBroker();
    const listener = await listening(port);
    const capture = captureOf(randomBytes(1_000));
    await outputTo(port, { record: 'raw' }).deliver([capture]);
    await listener.echo('reader');
    expect(sha256(listener.published[0]!.payload)).toBe(capture.facts.sha256);
  });

  it('sets aside what does not fit, and goes on', async () => {
    const { port } = await startBroker();
    const listener = await listening(port);
    const batch = [letter('one'), captureOf(randomBytes(2_000)), captureOf(Buffer.alloc(900, 0xff)), letter('two')];
    const outcomes = await outputTo(port, { frameLimit: 1_500 }).deliver(batch);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'refused', 'refused', 'delivered']);
    expect(outcomes[1]).toMatchObject({ why: expect.stringContaining('does not fit into a frame') as string });
    await listener.echo('reader');
    expect(listener.published).toHaveLength(2);
  });

  it('does not send again what is confirmed, when a batch comes again', async () => {
    let failing = true;
    const broker = await FakeBroker.start({
      answer(frame, connection) {
        const isThird = frame.operation === 'publish' && frame.payload.includes('third');
        if (isThird && failing) connection.socket.resetAndDestroy();
        else echoes(frame, connection);
      },
    });
    const output = outputTo(broker.port, { batch: 1, record: 'raw' });
    const batch = [letter('first'), letter('second'), letter('third'), letter('fourth')];
    await expect(output.deliver(batch)).rejects.toThrow('the connection broke');
    failing = false;
    await output.deliver(batch);
    expect(broker.published.map((text) => text.slice(9, -4))).toEqual(['first', 'second', 'third', 'third', 'fourth']);
  });

  it('suspects what it sends only when the broker is well without it, again and again', async () => {
    const broker = await FakeBroker.start({
      answer(frame, connection) {
        if (frame.operation === 'publish' && frame.payload.includes('poison')) connection.socket.resetAndDestroy();
        else echoes(frame, connection);
      },
    });
    const output = outputTo(broker.port, { record: 'raw' });
    const batch = [letter('good'), letter('poison')];
    const failures = [];
    for (let attempt = 0; attempt < 3; attempt++) failures.push(await output.deliver(batch).catch((e: unknown) => e));
    expect(failures.map((failure) => failure instanceof BatchRefused)).toEqual([false, false, true]);
  });

  it('never suspects it while the broker does not come back', async () => {
    const broker = await FakeBroker.start({ answer: (_, { socket }) => void socket.resetAndDestroy() });
    const output = outputTo(broker.port);
    for (let attempt = 0; attempt < 10; attempt++) {
      const failure: unknown = await output.deliver([letter('x')]).catch((error: unknown) => error);
      expect(failure).not.toBeInstanceOf(BatchRefused);
    }
  });

  it('never suspects it when a channel is denied', async () => {
    const { port } = await startBroker();
    const output = outputTo(port, { channels: ['forbidden'] });
    for (let attempt = 0; attempt < 5; attempt++) {
      const failure: unknown = await output.deliver([letter('x')]).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'FeedFault', kind: 'publish denied' });
    }
  });

  it('waits before it shows wrong credentials again', async () => {
    const { port } = await startBroker();
    const failure: unknown = await outputTo(port, { secret: 'x' })
      .deliver([letter('x')])
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect((failure as Unavailable).retryAfterMs).toBe(60_000);
  });
});
