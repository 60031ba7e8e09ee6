import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collect, configFile, mailboxFile, run, scene, start, type Scene } from '../support/collecting.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { feedScene, type FeedScene } from '../support/feed-scene.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { MailServer } from '../support/mail-server.ts';
import { peer } from '../support/peers.ts';
import { letter, letters, messageId, sha256 } from '../support/trap-letters.ts';

const dovecot = canStartDovecot ? peer('dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd') : () => undefined;

const noOutputs = { outputs: {} };

dovecot('nothing is touched on the server before it is handed over', () => {
  test.each(['imap', 'pop3'])(
    'by %s while the broker is away; the next run hands over and deletes',
    async (protocol) => {
      const server = await MailServer.start();
      const feed = await feedScene();
      const messages = letters('waiting', 60, 3_000);
      server.fill('trap', messages);
      const where = scene();
      const port = protocol === 'imap' ? server.imaps : server.pop3s;
      const mailboxes = mailboxFile(where, server, [{ username: 'trap', protocol: `${protocol}s`, port }]);
      const words = ['--config', configFile(where, noOutputs), '-m', mailboxes, '-f', feed.file, '-d'];

      const without = await collect(where, ...words, '--patience', '1s');
      expect(without.code).toBe(3);
      expect(without.summary).toMatchObject({ outcome: 'partly', kept: 60, handedOver: 0, acted: 0, waiting: 60 });
      expect(server.flags('trap')).toHaveLength(60);
      expect(server.events).toEqual([]);

      await feed.startBroker();
      const subscriber = feed.subscribe();
      await feed.isSubscribed();
      const next = await collect(where, ...words);
      expect(next.code).toBe(0);
      expect(next.summary).toMatchObject({ outcome: 'done', kept: 0, handedOver: 60, acted: 60 });
      expect(server.flags('trap')).toEqual([]);
      await expect.poll(() => receivedIn(feed).sort()).toEqual(messages.map(sha256).sort());
      subscriber.kill();

      const verified = await run(where, 'collect', 'verify', '--config', configFile(where, noOutputs), '-m', mailboxes);
      expect(verified).toMatchObject({ code: 0, stderr: '' });
      expect(verified.stdout).toContain('60 seen, 60 collected, 60 handed over, 60 marked or removed, 0 on the server');
    },
  );

  test('when an output refuses a message, that one alone stays', async () => {
    const server = await MailServer.start();
    const feed = await feedScene();
    await feed.startBroker();
    // Its record does not fit into the frames that brokers take.
    server.fill('trap', [...letters('fits', 5), letter('does-not-fit', 1_500_000)]);
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const words = ['--config', configFile(where, noOutputs), '-m', mailboxes, '-f', feed.file, '-d'];
    const { code, summary } = await collect(where, ...words);
    expect({ code, acted: summary.acted, kept: summary.kept }).toEqual({ code: 3, acted: 5, kept: 6 });
    expect(server.flags('trap')).toHaveLength(1);
    // It is in the journal and in quarantine, and the next run leaves it alone.
    expect((await collect(where, ...words)).summary).toMatchObject({ found: 0, kept: 0, acted: 0 });
    expect(server.flags('trap')).toHaveLength(1);
  });

  test('a level that nobody confirms is refused when messages would be deleted', async () => {
    const server = await MailServer.start();
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const feed = {
      type: 'hpfeeds',
      broker: '127.0.0.1',
      identity: 'a',
      secret: 'b',
      handover: 'socket',
      required: true,
    };
    const words = ['--config', configFile(where, { outputs: { feed } }), '-m', mailboxes];
    const refused = await run(where, 'collect', ...words, '-d');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('nobody confirms');
  });
});

dovecot('the collector killed at any moment', () => {
  test('loses nothing, and deletes nothing that was not received', async () => {
    const server = await MailServer.start();
    const feed = await feedScene();
    await feed.startBroker();
    feed.subscribe();
    await feed.isSubscribed();
    const messages = letters('killed', 1_500, 2_000);
    server.fill('trap', messages);
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap', largest: '1 MiB' }]);
    const config = configFile(where, { outputs: { feed: feed.storedOutput } });
    const words = ['collect', '--config', config, '-m', mailboxes, '-d'];
    let ended = await killedAfter(where, words, 60);
    for (let ms = 90; ended.code === null && ms < 2_000; ms += 30) {
      await hasAllOf(messages, { server, feed, dataDir: where.dataDir });
      ended = await killedAfter(where, words, ms);
    }
    if (ended.code === null) ended = await run(where, ...words);
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    expect(server.flags('trap')).toEqual([]);
    await expect.poll(() => new Set(receivedIn(feed))).toEqual(new Set(messages.map(sha256)));
    expect(new Set(capturesOnDisk(where.dataDir).map(({ facts }) => facts.sha256)).size).toBe(messages.length);
    const verified = await run(where, 'collect', 'verify', '--config', configFile(where, noOutputs), '-m', mailboxes);
    expect({ code: verified.code, stdout: verified.stdout }).toMatchObject({ code: 0 });
  });
});

async function killedAfter(where: Scene, words: readonly string[], ms: number) {
  const running = start(where, ...words);
  const timer = setTimeout(() => running.signal('SIGKILL'), ms);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}

/** Each message is on the server or in the journal, at every moment at which somebody looks. */
async function hasAllOf(
  messages: readonly Buffer[],
  { server, feed, dataDir }: { server: MailServer; feed: FeedScene; dataDir: string },
): Promise<void> {
  // First the server: what is gone from there must be in the journal already.
  const onServer = server.flags('trap').length;
  const kept = new Set(journalled(dataDir));
  expect(onServer + kept.size).toBeGreaterThanOrEqual(messages.length);
  // And what was flagged or removed had been received before.
  const touched = new Set(server.events.map(({ messageId }) => messageId));
  const received = new Set(receivedIn(feed));
  const tooEarly = messages.filter((message) => touched.has(messageId(message)) && !received.has(sha256(message)));
  expect(tooEarly.map(messageId)).toEqual([]);
}

function journalled(dataDir: string): string[] {
  try {
    return capturesOnDisk(dataDir).map(({ facts }) => facts.sha256);
  } catch {
    // Killed before there was a journal.
    return [];
  }
}

function receivedIn({ received }: FeedScene): string[] {
  return readdirSync(received).flatMap((name) => /^([\da-f]{64})\.eml$/.exec(name)?.[1] ?? []);
}
