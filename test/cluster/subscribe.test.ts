import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finish } from '../e2e/commands.ts';
import { output } from '../outputs/nats/nats-output.ts';
import { captureOf, sha256 } from '../support/captures.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { command } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Background, configFor, keptIn, letter } from './scene.ts';

peer('nats-server')('subscribing to a stream', () => {
  let cluster: NatsCluster;
  beforeAll(async () => void (cluster = await NatsCluster.start()), 120_000);
  afterAll(() => cluster.stop());

  const floorOf = async (stream: string) =>
    (await (await cluster.manager()).consumers.info(stream, 'spamtrap')).ack_floor.stream_seq;

  it('stores what the stream holds, whole, and confirms it only then', async () => {
    const captures = [letter('one'), captureOf(randomBytes(3_000_000)), captureOf(randomBytes(500))];
    await output(cluster, { stream: { name: 'STORED' } }).deliver(captures);
    const folder = temporaryDirectory();
    const words = ['subscribe', `nats://${cluster.places[0]}/STORED`, '--eml', folder, '--count', '3'];
    const { code, stderr } = await finish(command, words);
    expect(stderr).toContain('reading STORED as spamtrap');
    expect(code).toBe(0);
    expect(keptIn(folder)).toEqual(captures.map(({ facts }) => facts.sha256).sort());
    const large = captures[1]!.facts;
    expect(sha256(readFileSync(join(folder, `${large.sha256}.eml`)))).toBe(large.sha256);
    expect(JSON.parse(readFileSync(join(folder, `${large.sha256}.json`), 'utf8'))).toMatchObject({
      id: large.id,
      ident: 'test',
      size: 3_000_000,
    });
    expect(await floorOf('STORED')).toBe(3);
    // Who wants only some of what is there confirms no more than that.
    await output(cluster, { stream: { name: 'STORED' } }).deliver([letter('two'), letter('three'), letter('four')]);
    expect((await finish(command, [...words.slice(0, -1), '2'])).code).toBe(0);
    expect(await floorOf('STORED')).toBe(5);
  });

  it('shares the work between all who name the same consumer', async () => {
    const captures = Array.from({ length: 600 }, (_, index) => letter(`shared ${index}`));
    const folders = [temporaryDirectory(), temporaryDirectory()];
    const feed = output(cluster, { stream: { name: 'SHARED' } });
    await feed.deliver([letter('first')]);
    const config = configFor(cluster);
    const readers = folders.map(
      (folder) => new Background(['subscribe', 'nats:SHARED', '--eml', folder, '--config', config]),
    );
    await Promise.all(readers.map((reader) => reader.says('reading SHARED')));
    await feed.deliver(captures);
    await expect.poll(() => floorOf('SHARED'), { timeout: 30_000 }).toBe(601);
    const [one, other] = folders.map(keptIn) as [string[], string[]];
    expect(one.length + other.length).toBe(601);
    expect(Math.min(one.length, other.length)).toBeGreaterThan(0);
  });

  it('gives to another one what was not confirmed when one is killed', async () => {
    const feed = output(cluster, { stream: { name: 'DIED' } });
    const captures = Array.from({ length: 300 }, (_, index) => letter(`died ${index}`));
    await feed.deliver(captures.slice(0, 100));
    const folder = temporaryDirectory();
    const words = ['subscribe', `nats://${cluster.places[0]}/DIED`, '--eml', folder];
    const first = new Background(words);
    await expect.poll(() => keptIn(folder).length, { timeout: 30_000 }).toBeGreaterThan(0);
    first.child.kill('SIGKILL');
    await feed.deliver(captures.slice(100));
    const second = new Background(words);
    await expect.poll(() => keptIn(folder).length, { timeout: 90_000 }).toBe(300);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(keptIn(folder)).toEqual(captures.map(({ facts }) => facts.sha256).sort());
  }, 120_000);

  it('keeps what is left of a message whose bytes are gone from the object store, and says so', async () => {
    const large = captureOf(randomBytes(2_000_000));
    await output(cluster, { stream: { name: 'GONE' } }).deliver([large]);
    await (await cluster.manager()).streams.purge('OBJ_GONE-large');
    const folder = temporaryDirectory();
    const words = ['subscribe', `nats://${cluster.places[0]}/GONE`, '--eml', folder, '--count', '1'];
    const { code, stderr } = await finish(command, words);
    expect(code).toBe(0);
    expect(stderr).toContain('not in the object store any more');
    expect(await floorOf('GONE')).toBe(1);
    const [kept] = keptIn(folder);
    expect(JSON.parse(readFileSync(join(folder, `${kept}.json`), 'utf8'))).toMatchObject({
      fault: 'its bytes are not in the object store any more',
    });
    expect(readFileSync(join(folder, `${kept}.eml`), 'utf8')).toContain(large.facts.sha256);
  });

  it('says what is wrong, and what to do', async () => {
    const nowhere = await finish(command, ['subscribe', 'nats:SPAM']);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('Set cluster.servers') as string });
    const odd = await finish(command, ['subscribe', 'nats://127.0.0.1:1/a b']);
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining('names no stream') as string });
    const waiting = new Background(['subscribe', `nats://${cluster.places[0]}/NOTYET`]);
    await waiting.says('there is no such stream');
  });
});
