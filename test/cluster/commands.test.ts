import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { finish } from '../e2e/commands.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { command, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { configFor } from './scene.ts';

peer('nats-server')('what a cluster says of itself', () => {
  let nats: NatsCluster;
  beforeAll(async () => void (nats = await NatsCluster.start()), 120_000);
  afterAll(() => nats.stop());

  async function relay(name: string, more: object): Promise<Sensor> {
    const sensor = await Sensor.start({
      command: 'serve-relay',
      dataDir: join(temporaryDirectory(), 'data'),
      config: {
        sensor: { name },
        cluster: { servers: nats.places, name: 'own', lease: '3s', ...more },
        outputs: { stream: { type: 'nats', from: 'start' } },
        daybook: { keep: 'no' },
      },
    });
    onTestFinished(() => sensor.signal('SIGKILL'));
    return sensor;
  }

  const ask = async (...words: readonly string[]) => {
    const config = configFor(nats, { name: 'own', lease: '3s', budget: 'shared' });
    const { code, stdout, stderr } = await finish(command, ['cluster', ...words, '--config', config]);
    return { code, stderr, text: stdout.toString() };
  };
  const json = async (...words: readonly string[]) => {
    const { text } = await ask(...words, '--json');
    return text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('is who is alive, and what each has done', async () => {
    const [one, two] = await Promise.all([relay('trap-1', {}), relay('trap-2', {})]);
    await Promise.all([one.event('cluster.joined'), two.event('cluster.joined')]);
    await sendOver(
      one.port,
      1,
      [{ from: 'a@example.org', to: ['b@example.net'], content: Buffer.from('x\r\n') }].values(),
    );
    await expect
      .poll(async () => (await json('sensors')).map(({ sensor, accepted }) => [sensor, accepted]), { timeout: 30_000 })
      .toEqual([
        ['trap-1', 1],
        ['trap-2', 0],
      ]);
    await expect.poll(async () => (await ask('status')).text, { timeout: 30_000 }).toContain('stream SPAM: 1 messages');
    // What its output has yet to hand on is said as long as there is something.
    await expect
      .poll(async () => (await ask('sensors')).text, { timeout: 30_000 })
      .toMatch(/trap-1: serve-relay .*; 1 messages, 1 in the last minute; rules [\da-f]+\n/);
    // One that ends in order is gone at once, one that is killed after its time.
    await one.stop();
    expect((await json('sensors')).map(({ sensor }) => sensor)).toEqual(['trap-2']);
    two.signal('SIGKILL');
    await expect.poll(() => json('sensors'), { timeout: 30_000 }).toEqual([]);
  }, 120_000);

  it('is looked at without anything being made', async () => {
    const config = configFor(nats, { name: 'nobody', budget: 'shared' });
    for (const words of [['status'], ['sensors'], ['leases'], ['rules', 'show']]) {
      const { code } = await finish(command, ['cluster', ...words, '--config', config]);
      expect(code, words.join(' ')).toBe(words[0] === 'rules' ? 1 : 0);
    }
    const link = await nats.link();
    onTestFinished(() => link.close());
    const made: string[] = [];
    for await (const { config: each } of link.manager.streams.list()) made.push(each.name);
    expect(made.filter((name) => name.startsWith('KV_nobody'))).toEqual([]);
  });

  it('is the rules that all follow, each saying which it has', async () => {
    const one = await relay('trap-1', { rules: 'shared' });
    await one.event('cluster.joined');
    expect(await ask('rules', 'show')).toMatchObject({ code: 1, text: '' });
    const file = join(temporaryDirectory(), 'rules.yml');
    const [builtIn] = one.told('rules.loaded');
    const text = `${readFileSync(join(one.dataDir, 'cluster-rules.yml'), 'utf8')}\n# another revision\n`;
    writeFileSync(file, text);
    const [published] = await json('rules', 'publish', file);
    expect(published).toMatchObject({ version: 1 });
    expect(published!['revision']).not.toBe(builtIn!.revision);
    await one.event('rules.loaded', ({ revision }) => revision === published!['revision']);
    await expect
      .poll(async () => (await json('sensors')).map(({ rules }) => rules), { timeout: 30_000 })
      .toEqual([published!['revision']]);
    expect((await ask('rules', 'show')).text).toBe(text);
    writeFileSync(file, 'rules: nonsense\n');
    const refused = await ask('rules', 'publish', file);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('rules.yml') as string });
    expect((await ask('rules', 'show')).text).toBe(text);
    await one.stop();
  }, 120_000);

  it('is a budget that somebody has to begin', async () => {
    expect((await ask('status')).text).not.toContain('budget:');
    expect((await ask('budget', 'begin')).text).toMatch(/counts as spent until \d{4}-/);
    expect(await ask('budget', 'begin', '--nothing-was-sent')).toMatchObject({ code: 2 });
    expect((await ask('status')).text).toContain('budget: 0 attempts are counted; spent until');
  });

  it('is nothing where there is none, with what to do about it', async () => {
    const bare = await finish(command, ['cluster', 'status']);
    expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining('cluster.servers') as string });
    const config = join(temporaryDirectory(), 'trap.yml');
    writeFileSync(config, JSON.stringify({ cluster: { servers: '127.0.0.1:1', connectTimeout: '2s' } }));
    const away = await finish(command, ['cluster', 'status', '--config', config]);
    expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('Check that the servers run') as string });
  });
});

peer('nats-server')('a server that is away', () => {
  it('is named by those who look, whatever it has copies of', async () => {
    const nats = await NatsCluster.start({ count: 3 });
    onTestFinished(() => nats.stop());
    await (await nats.manager()).streams.add({ name: 'OBJ_any-large', subjects: ['any'], num_replicas: 3 });
    const words = ['cluster', 'status', '--config', configFor(nats)];
    const firstLine = async () => (await finish(command, words)).stdout.toString().split('\n', 1)[0]!;
    await expect.poll(firstLine, { timeout: 60_000 }).toMatch(/: 3 servers, led by n[123]$/);
    await nats.kill('n2');
    await expect.poll(firstLine, { timeout: 60_000 }).toMatch(/: 3 servers, led by n[123]; away or behind: n2$/);
    nats.begin('n2');
    await expect.poll(firstLine, { timeout: 60_000 }).toMatch(/: 3 servers, led by n[123]$/);
  }, 240_000);
});
