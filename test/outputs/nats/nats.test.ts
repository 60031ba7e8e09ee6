import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { credsAuthenticator } from '@nats-io/transport-node';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NatsOutput, type Up } from '../../../src/lib/outputs/nats/nats-output.ts';
import { delivered, TakenBack, Unavailable } from '../../../src/lib/outputs/output.ts';
import type { Capture } from '../../../src/lib/capture/capture.ts';
import { captureOf, sha256 } from '../../support/captures.ts';
import { NatsCluster } from '../../support/nats-cluster.ts';
import { peer } from '../../support/peers.ts';
import { issueCredentials } from '../../support/nats-credentials.ts';
import { writeCertificate } from '../../support/real-server.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { outputContract } from '../contract.ts';
import { output, settingsFor } from './nats-output.ts';
import { arrivedIn } from './arrived.ts';

const MiB = 2 ** 20;

const letter = (text: string) => captureOf(Buffer.from(`Subject: ${text}\r\n\r\n`));

peer('nats-server')('the NATS output before one server', () => {
  let cluster: NatsCluster;
  beforeAll(async () => void (cluster = await NatsCluster.start()), 120_000);
  afterAll(() => cluster.stop());

  const streamOf = (directory: string) => `C${basename(directory).replaceAll(/\W/g, '')}`;

  describe('is an output', () =>
    outputContract({
      open: (directory) =>
        new NatsOutput('nats', settingsFor(cluster, { stream: { name: streamOf(directory) }, record: 'plain' })),
      arrived: (directory) => arrivedIn(cluster.places, streamOf(directory)),
      once: true,
    }));

  it('says in headers what is in a record, and makes a stream that loses nothing by itself', async () => {
    const stream = { name: 'HEADERS' };
    const capture = letter('headers');
    let up: Up | undefined;
    const feed = output(cluster, { stream, onUp: (is) => void (up = is) });
    expect(await feed.deliver([capture])).toEqual([delivered]);
    const [arrived] = await arrivedIn(cluster.places, 'HEADERS');
    const { id, sha256: hash } = capture.facts;
    expect(arrived!.headers).toMatchObject({
      'Nats-Msg-Id': id,
      'Spamtrap-Id': id,
      'Spamtrap-Sha256': hash,
      'Spamtrap-Sensor': 'test',
      'Spamtrap-Intake': capture.facts.intake,
      'Content-Type': 'application/json',
    });
    expect(up).toMatchObject({ broker: expect.stringContaining('stream HEADERS') as string, doubts: [] });
    const { config } = await (await cluster.manager()).streams.info('HEADERS');
    expect(config).toMatchObject({ discard: 'new', storage: 'file', retention: 'limits', num_replicas: 1 });
    expect(config.duplicate_window).toBe(120_000 * 1e6);
  });

  it('counts what two traps catch twice, and what two collectors fetch from one place once', async () => {
    const stream = { name: 'TWICE' };
    const bytes = Buffer.from('Subject: the same\r\n\r\n');
    const source = { account: 'imap:trap@mail.example', folder: 'INBOX/ä b', uidValidity: '7', uid: '42' };
    const fetched = () => captureOf(bytes, { source });
    // Its server makes no promise: there the same number may be another message.
    const nowhere = { ...source, uidValidity: '' };
    const feeds = [output(cluster, { stream }), output(cluster, { stream })];
    for (const feed of feeds) await feed.deliver([captureOf(bytes), fetched(), captureOf(bytes, { source: nowhere })]);
    const arrived = await arrivedIn(cluster.places, 'TWICE');
    expect(arrived).toHaveLength(5);
    const ids = arrived.map(({ headers }) => headers['Nats-Msg-Id']);
    expect(ids).toContain('imap%3Atrap%40mail.example/INBOX%2F%C3%A4%20b/7/42');
  });

  it('puts what is too long for the stream into the object store, and refuses what nobody wants', async () => {
    const stream = { name: 'LARGE' };
    const file = join(temporaryDirectory(), 'side');
    const captures = [
      captureOf(randomBytes(3 * MiB)),
      captureOf(randomBytes(5 * MiB), { asFile: file }),
      captureOf(randomBytes(9 * MiB)),
      // Its bytes would fit, and its record does not.
      captureOf(randomBytes(MiB - 1_000)),
      letter('small'),
    ];
    const feed = output(cluster, { stream, maxMessage: 8 * MiB, record: 'full' });
    const outcomes = await feed.deliver(captures);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'refused', 'delivered', 'delivered']);
    expect(outcomes[2]).toMatchObject({ why: expect.stringContaining('maxMessage') as string });
    const arrived = await arrivedIn(cluster.places, 'LARGE');
    expect(arrived.map(({ bytes }) => sha256(bytes))).toEqual(
      captures.filter((_, index) => index !== 2).map(({ facts }) => facts.sha256),
    );
    // What comes again is there already.
    await output(cluster, { stream }).deliver(captures.slice(0, 2));
    expect(await arrivedIn(cluster.places, 'LARGE')).toHaveLength(4);
  });

  it('says of what is in the object store all that is known, also where bare bytes are wanted', async () => {
    const large = captureOf(randomBytes(2 * MiB));
    await output(cluster, { stream: { name: 'RAW' }, record: 'raw' }).deliver([large]);
    const [{ headers } = { headers: {} }] = await arrivedIn(cluster.places, 'RAW');
    expect(headers).toMatchObject({
      'Content-Type': 'application/json',
      'Spamtrap-Object': expect.any(String) as string,
    });
    const message = await (await cluster.manager()).streams.getMessage('RAW', { seq: 1 });
    const { sha256, id } = large.facts;
    expect(message!.json()).toMatchObject({ sha256, id, object: { bucket: 'RAW-large', name: id } });
  });

  it('holds everything back while the stream is full, and goes on when there is room', async () => {
    const stream = { name: 'FULL', maxBytes: MiB };
    const feed = output(cluster, { stream });
    const batch = Array.from({ length: 4 }, () => captureOf(randomBytes(100_000)));
    await feed.deliver(batch);
    const more = Array.from({ length: 10 }, () => captureOf(randomBytes(100_000)));
    await expect(feed.deliver(more)).rejects.toThrow('the stream is full');
    await (await cluster.manager()).streams.update('FULL', { max_bytes: 8 * MiB });
    expect(await feed.deliver(more)).toEqual(more.map(() => delivered));
    expect(await arrivedIn(cluster.places, 'FULL')).toHaveLength(14);
  });

  it('says what is wrong with a stream that is there already', async () => {
    const manager = await cluster.manager();
    await manager.streams.add({ name: 'OTHERS', subjects: ['somewhere.else'] });
    const refused: unknown = await output(cluster, { stream: { name: 'OTHERS' } })
      .deliver([letter('x')])
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Unavailable);
    expect(refused).toMatchObject({
      message: 'the stream OTHERS does not take OTHERS.mails, only somewhere.else',
    });
    await manager.streams.add({ name: 'LOOSE', subjects: ['LOOSE.*'], storage: 'memory', discard: 'old' });
    let up: Up | undefined;
    await output(cluster, { stream: { name: 'LOOSE' }, onUp: (is) => void (up = is) }).deliver([letter('x')]);
    expect(up!.doubts.join('\n')).toMatch(/in memory.*\n.*drops its oldest/);
  });

  it('notices at a checkpoint that the stream has lost what it had confirmed, and not that something was removed', async () => {
    const stream = { name: 'TAKEN' };
    const feed = output(cluster, { stream });
    const manager = await cluster.manager();
    await feed.deliver([letter('one'), letter('two')]);
    await feed.checkpoint();
    await feed.deliver([letter('three')]);
    await manager.streams.purge('TAKEN');
    await feed.checkpoint();
    // As after a crash: its end is gone, and what came since has taken the place.
    await feed.deliver([letter('four'), letter('five')]);
    const { config } = await manager.streams.info('TAKEN');
    await manager.streams.delete('TAKEN');
    await manager.streams.add(config);
    await expect(feed.checkpoint()).rejects.toBeInstanceOf(TakenBack);
    await feed.deliver([letter('six')]);
    await feed.checkpoint();
    const others = output(cluster, { stream });
    await manager.streams.delete('TAKEN');
    await manager.streams.add(config);
    const mine = output(cluster, { stream });
    await mine.deliver([letter('seven')]);
    await manager.streams.delete('TAKEN');
    await manager.streams.add(config);
    await others.deliver([letter('somebody else'), letter('and more')]);
    await expect(mine.checkpoint()).rejects.toThrow('message 1 of the stream TAKEN');
  });

  it('does without an object store as long as nothing needs it, and holds back what does', async () => {
    const stream = { name: 'NOSTORE' };
    const feed = output(cluster, { stream });
    // Somebody has taken its name for something else.
    await (await cluster.manager()).streams.add({ name: 'OBJ_NOSTORE-large', subjects: ['none'], sealed: false });
    expect(await feed.deliver([letter('small')])).toEqual([delivered]);
    await expect(feed.deliver([captureOf(randomBytes(2 * MiB))])).rejects.toThrow('object store NOSTORE-large');
    await (await cluster.manager()).streams.delete('OBJ_NOSTORE-large');
    expect(await feed.deliver([captureOf(randomBytes(2 * MiB))])).toEqual([delivered]);
  });
});

/** What fails comes again, as it does from the journal. */
async function handedOver(feed: NatsOutput, batch: readonly Capture[]): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      return void (await feed.deliver(batch));
    } catch (error) {
      if (Date.now() > end) throw error;
      await setTimeout(50);
    }
  }
}

peer('nats-server')('the NATS output before three servers', () => {
  let cluster: NatsCluster;
  beforeAll(async () => void (cluster = await NatsCluster.start({ count: 3 })), 180_000);
  afterAll(() => cluster.stop());

  it('loses nothing that was confirmed when the leader is killed again and again', async () => {
    const feed = output(cluster, { stream: { name: 'KILLED' }, confirmMs: 5_000 });
    const confirmed = new Set<string>();
    await feed.deliver([letter('first')]);
    for (let kill = 0; kill < 3; kill++) {
      const leader = (await cluster.leaderOf('KILLED'))!;
      let gone = false;
      const publishing = (async () => {
        for (let after = 0; after < 5;) {
          const batch = Array.from({ length: 50 }, (_, index) => letter(`${kill}.${index}`));
          await handedOver(feed, batch);
          for (const { facts } of batch) confirmed.add(facts.id);
          if (gone) after++;
        }
      })();
      await cluster.kill(leader);
      gone = true;
      await publishing;
      cluster.begin(leader);
      await cluster.isReady();
      // Two of three that lack what the third has are another fault, and the servers' own.
      await cluster.hasCaughtUp('KILLED');
    }
    const ids = (await arrivedIn(cluster.places, 'KILLED')).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...confirmed].filter((id) => !ids.includes(id))).toEqual([]);
    const { config } = await (await cluster.manager()).streams.info('KILLED');
    expect(config.num_replicas).toBe(3);
  }, 180_000);

  it('waits while two of three are down, and nothing is lost', async () => {
    const feed = output(cluster, { stream: { name: 'MINORITY' }, confirmMs: 2_000 });
    await feed.deliver([letter('before')]);
    await Promise.all(['n2', 'n3'].map((name) => cluster.kill(name)));
    const during = letter('during');
    await expect(feed.deliver([during])).rejects.toThrow();
    cluster.begin('n2');
    await handedOver(feed, [during]);
    cluster.begin('n3');
    await cluster.isReady();
    expect(await arrivedIn(cluster.places, 'MINORITY')).toHaveLength(2);
  }, 180_000);
});

peer('nats-server')('who may come in to NATS', () => {
  it('is said with a name and a password, or with a token', async () => {
    const login = { as: 'user', user: 'sensor', password: 'secret' } as const;
    const more = 'authorization { users: [{ user: sensor, password: secret }] }';
    const cluster = await NatsCluster.start({ more, login: { user: 'sensor', pass: 'secret' } });
    onTestFinished(() => cluster.stop());
    expect(await output(cluster, { access: cluster.access({ login }) }).deliver([letter('in')])).toEqual([delivered]);
    for (const wrong of [{ ...login, password: 'wrong' }, { as: 'token', token: 'x' }, { as: 'nobody' }] as const) {
      const refused = await failureOf(output(cluster, { access: cluster.access({ login: wrong }) }));
      expect(refused).toBeInstanceOf(Unavailable);
      expect(refused.message).toContain('does not let us in');
    }
  });

  it('is said with a credentials file, which may change', async () => {
    const { operator, accounts, credentials } = issueCredentials();
    const preload = Object.entries(accounts).map(([key, jwt]) => `${key}: ${jwt}`);
    const more = `operator: ${operator}\nresolver: MEMORY\nresolver_preload { ${preload.join('\n')} }`;
    const file = join(temporaryDirectory(), 'sensor.creds');
    writeFileSync(file, credentials);
    const authenticator = credsAuthenticator(Buffer.from(credentials));
    const cluster = await NatsCluster.start({ more, login: { authenticator } });
    onTestFinished(() => cluster.stop());
    const access = cluster.access({ login: { as: 'holder', file } });
    const feed = output(cluster, { access });
    expect(await feed.deliver([letter('in')])).toEqual([delivered]);
    writeFileSync(file, issueCredentials().credentials);
    expect((await failureOf(output(cluster, { access }))).message).toContain('does not let us in');
  });

  it('in TLS with the CA that is named, and with no other', async () => {
    const folder = temporaryDirectory();
    const { key, cert } = await writeCertificate(folder, 'localhost');
    const ca = readFileSync(cert, 'utf8');
    const more = `tls { cert_file: "${cert}", key_file: "${key}" }`;
    const cluster = await NatsCluster.start({ more, login: { tls: { ca } }, host: 'localhost' });
    onTestFinished(() => cluster.stop());
    const tls = { ca, own: undefined, begins: 'afterGreeting' } as const;
    expect(await output(cluster, { access: cluster.access({ tls }) }).deliver([letter('in')])).toEqual([delivered]);
    const stranger = await failureOf(output(cluster, { access: cluster.access({ tls: { ...tls, ca: undefined } }) }));
    expect(stranger).toMatchObject({ kind: 'tls' });
  });

  it('not in clear where TLS is wanted', async () => {
    const cluster = await NatsCluster.start();
    onTestFinished(() => cluster.stop());
    const tls = { ca: undefined, own: undefined, begins: 'afterGreeting' } as const;
    const failure = await failureOf(output(cluster, { access: cluster.access({ tls }) }));
    expect(failure.message).toContain("does not support 'tls'");
  });
});

async function failureOf(feed: NatsOutput): Promise<Error> {
  const failure: unknown = await feed.deliver([letter('x')]).catch((error: unknown) => error);
  if (failure instanceof Error) return failure;
  throw new Error('it was delivered');
}
