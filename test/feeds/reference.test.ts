import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Publisher, type LinkUp, type PublisherSettings } from '../../src/lib/hpfeeds/client/publisher.ts';
import { Subscriber } from '../../src/lib/hpfeeds/client/subscriber.ts';
import { linkTo, startBroker, TestUsers, user } from '../hpfeeds/scene.ts';
import { RawClient } from '../hpfeeds/raw-client.ts';
import { freePorts } from '../support/real-server.ts';
import {
  referenceClient,
  startReferenceBroker,
  withReference,
  type ReferenceUser,
} from '../support/reference-hpfeeds.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const never = new AbortController().signal;
const both = user('both', ['spam.mails', 'trap.echo.both'], ['spam.mails', 'trap.echo.both']);
const bare = user('bare', ['spam.mails'], []);
const users: Record<string, ReferenceUser> = Object.fromEntries(
  [both, bare].map(({ ident, secret, publishes, subscribes }) => [
    ident,
    { owner: 'o', secret, pubchans: [...publishes], subchans: [...subscribes] },
  ]),
);

function publisher(port: number, as: typeof both, settings: Partial<PublisherSettings> = {}) {
  const ups: LinkUp[] = [];
  const made = new Publisher({
    ...linkTo(port, as),
    level: 'broker',
    frameLimit: 2 ** 20,
    confirmMs: 20_000,
    now: Date.now,
    onUp: (up) => ups.push(up),
    ...settings,
  });
  onTestFinished(() => made.close());
  return { publisher: made, ups };
}

function publication(text: string, channel = 'spam.mails') {
  const payload = Buffer.from(text);
  return { channel, payload, sha256: createHash('sha256').update(payload).digest('hex') };
}

/** Takes what the channel brings, across any number of connections. */
function listen(port: number, as: typeof both) {
  const taken: string[] = [];
  const stop = new AbortController();
  const up = Promise.withResolvers<void>();
  const subscriber = new Subscriber({
    ...linkTo(port, as),
    channels: ['spam.mails'],
    take: async (messages) => void taken.push(...messages.map(({ payload }) => payload.toString())),
    onUp: () => up.resolve(),
    whenRefused: 'retry',
    now: Date.now,
    random: Math.random,
  });
  void subscriber.run(stop.signal);
  onTestFinished(() => stop.abort());
  return { taken, up: up.promise };
}

withReference('our client and the broker of the reference', () => {
  test('confirm by echo where that is allowed, and by the end of a connection where it is not', async () => {
    const { port, server } = await startReferenceBroker(users);
    const { taken, up } = listen(port, both);
    await up;
    const allowed = publisher(port, both);
    await allowed.publisher.hand([], never);
    await allowed.publisher.hand([publication('one'), publication('two')], never);
    const others = publisher(port, bare);
    await others.publisher.hand([publication('three')], never);
    await expect.poll(() => taken).toEqual(['one', 'two', 'three']);
    expect(allowed.ups).toMatchObject([{ broker: 'reference', by: 'echo' }]);
    expect(others.ups).toMatchObject([{ by: 'end' }]);
    await server.stop();
  });

  test('part with the reason: a channel, a secret, an identity, a frame that is too long', async () => {
    const { port, server } = await startReferenceBroker(users);
    await expect(publisher(port, both).publisher.hand([publication('x', 'forbidden')], never)).rejects.toMatchObject({
      kind: 'publish denied',
      channel: 'forbidden',
    });
    await expect(publisher(port, { ...both, secret: 'x' }).publisher.hand([], never)).rejects.toMatchObject({
      kind: 'credentials',
    });
    await expect(publisher(port, { ...both, ident: 'nobody' }).publisher.hand([], never)).rejects.toMatchObject({
      kind: 'credentials',
    });
    const long = publisher(port, both, { frameLimit: 2 ** 22 });
    const fault = long.publisher.hand([publication('x'.repeat(2 ** 20))], never);
    await expect(fault).rejects.toMatchObject({ name: 'FeedFault' });
    await server.stop();
  });

  test('lose nothing that was confirmed while a subscriber was there, however often the broker is killed', async () => {
    const [port] = (await freePorts(1)) as [number];
    const { publisher: feed } = publisher(port, both, { confirmMs: 5_000, connectMs: 1_000 });
    const taken: string[] = [];
    const confirmed: string[] = [];
    let number = 0;
    for (let round = 0; round < 3; round++) {
      const { server } = await startReferenceBroker(users, port);
      const listener = await RawClient.as(both, port);
      listener.say({ operation: 'subscribe', ident: 'both', channel: 'spam.mails' });
      await listener.echo('both');
      for (let batch = 0; batch < 20; batch++) {
        const texts = Array.from({ length: 25 }, () => `${number++}`);
        // While the last batch is on its way the broker goes.
        const handed = feed.hand(
          texts.map((text) => publication(text)),
          never,
        );
        if (batch === 19) server.kill();
        if (
          await handed.then(
            () => true,
            () => false,
          )
        )
          confirmed.push(...texts);
      }
      await server.stop();
      await listener.closed;
      taken.push(...listener.published.map(({ payload }) => payload.toString()));
    }
    const known = new Set(taken);
    expect(confirmed.length).toBeGreaterThanOrEqual(3 * 19 * 25);
    expect(confirmed.filter((text) => !known.has(text))).toEqual([]);
  });
});

withReference('the client of the reference and our broker', () => {
  test('publish, send files and subscribe', async () => {
    const { port } = await startBroker({ users: new TestUsers(both, bare) });
    const subscribed = referenceClient(port, both, 'subscribe', '-c', 'spam.mails');
    let said = '';
    const heard = (words: string) => expect.poll(() => said, { timeout: 30_000 }).toContain(words);
    for (const stream of [subscribed.stdout, subscribed.stderr])
      stream.on('data', (text: Buffer) => (said += text.toString()));
    onTestFinished(() => void subscribed.kill('SIGKILL'));
    await heard('connected to test;trap-ack=1');
    const { taken, up } = listen(port, both);
    await up;
    const publishing = referenceClient(port, bare, 'publish', '-c', 'spam.mails', 'hello', 'there');
    await once(publishing, 'close');
    await heard('hello there');
    const file = join(temporaryDirectory(), 'sample');
    writeFileSync(file, 'Subject: x\n\nfrom a file\n');
    await once(referenceClient(port, bare, 'sendfile', '-c', 'spam.mails', file), 'close');
    await expect.poll(() => taken).toEqual(['hello there', 'Subject: x\n\nfrom a file\n']);
  });

  test('are told what they may not, in the words that they know', async () => {
    const { port } = await startBroker({ users: new TestUsers(both, bare) });
    const denied = referenceClient(port, bare, 'publish', '-c', 'forbidden', 'x');
    let said = '';
    denied.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await once(denied, 'close');
    expect(said).toContain('Authkey not allowed to pub here. ident=bare, chan=forbidden');
  });
});
