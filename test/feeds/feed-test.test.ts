import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { finish } from '../e2e/commands.ts';
import { freePorts } from '../support/real-server.ts';
import { peer } from '../support/peers.ts';
import { RabbitMq } from '../support/rabbitmq.ts';
import { command, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface Line {
  readonly output: string;
  readonly step: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
  readonly fix?: string;
}

async function feedTest(outputs: object, ...flags: readonly string[]) {
  const folder = temporaryDirectory();
  const config = join(folder, 'trap.yml');
  writeFileSync(config, JSON.stringify({ outputs, broker: { embed: false } }));
  const words = ['feed-test', '--config', config, '--data-dir', join(folder, 'data'), '--json', ...flags];
  const { code, stdout, stderr } = await finish(command, words);
  const lines = stdout.toString().split('\n').filter(Boolean);
  return { code, stderr, lines: lines.map((line) => JSON.parse(line) as Line) };
}

describe('what is wrong with an hpfeeds output', () => {
  let broker: Sensor;
  let secured: Sensor;
  let secret: string;
  let securedSecret: string;
  const secretIn = ({ dataDir }: Sensor): string => {
    const users = JSON.parse(readFileSync(join(dataDir, 'broker', 'users.json'), 'utf8')) as Record<
      string,
      { secret: string }
    >;
    return users['sensor']!.secret;
  };

  const folder = mkdtempSync(join(tmpdir(), 'spamtrap-brokers-'));
  beforeAll(async () => {
    broker = await Sensor.start({ command: 'broker', dataDir: join(folder, 'plain') });
    secured = await Sensor.start({ command: 'broker', dataDir: join(folder, 'tls'), flags: ['--tls', 'yes'] });
    secret = secretIn(broker);
    securedSecret = secretIn(secured);
  });
  afterAll(async () => {
    await broker.stop();
    await secured.stop();
    rmSync(folder, { recursive: true });
  });

  const portOf = (sensor: Sensor) => sensor.told('broker.listening')[0]!.port;
  const feed = (settings: object) => ({
    feed: { type: 'hpfeeds', broker: '127.0.0.1', port: portOf(broker), identity: 'sensor', secret, ...settings },
  });

  /** A server that is no broker. */
  async function somebody(says: string): Promise<number> {
    const server = createServer((socket) => void socket.on('error', () => undefined).write(says)).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  test('is nothing, where nothing is', async () => {
    const { code, lines } = await feedTest(feed({}));
    expect(code).toBe(0);
    expect(lines.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'resolve ok',
      'connect ok',
      'TLS skipped',
      'greeting ok',
      'clock ok',
      'identity ok',
      'publish on spam.mails ok',
      'frame limit ok',
      'round trip ok',
      'handover broker ok',
    ]);
    expect(lines.at(-2)?.detail).toMatch(/^p50 \d+\.\d\d ms, p99 \d+\.\d\d ms, through a subscription/);
  });

  test.each<[string, () => object | Promise<object>, string, RegExp, RegExp]>([
    [
      'a name without an address',
      () => ({ broker: 'nowhere.invalid' }),
      'resolve',
      /nowhere\.invalid has no address/,
      /Check the name/,
    ],
    [
      'a port where nobody listens',
      async () => ({ port: (await freePorts(1))[0] }),
      'connect',
      /ECONNREFUSED/,
      /Check that the server runs/,
    ],
    [
      'TLS with a broker that speaks none',
      () => ({ tls: { use: true }, connectTimeout: '500ms' }),
      'TLS',
      /TLS/,
      /speaks TLS/,
    ],
    [
      'no TLS with a broker that speaks nothing else',
      () => ({ port: portOf(secured), connectTimeout: '500ms' }),
      'greeting',
      /did not greet|before it greeted|no hpfeeds/,
      /TLS/,
    ],
    [
      'a certificate that nobody vouches for',
      () => ({ port: portOf(secured), tls: { use: true } }),
      'TLS',
      /self-signed/,
      /CA or the fingerprint/,
    ],
    [
      'a fingerprint of another certificate',
      () => ({ port: portOf(secured), tls: { use: true, pins: '00'.repeat(32) } }),
      'TLS',
      /none of those that are pinned: it is ([\dA-F]{2}:){31}/,
      /fingerprint/,
    ],
    [
      'a server that is no broker',
      async () => ({ port: await somebody('220 mail.example.org ESMTP\r\n') }),
      'greeting',
      /no hpfeeds speaks there/,
      /hpfeeds broker/,
    ],
    [
      'a server that says nothing',
      async () => ({ port: await somebody(''), connectTimeout: '300ms' }),
      'greeting',
      /did not greet within 300 ms/,
      /hpfeeds broker/,
    ],
    [
      'an identity that is not known',
      () => ({ identity: 'stranger' }),
      'identity',
      /Authentication failed for stranger/,
      /identity and secret/,
    ],
    ['a wrong secret', () => ({ secret: 'guess' }), 'identity', /Invalid authkey/, /identity and secret/],
    [
      'a channel that is not allowed',
      () => ({ channels: ['forbidden'] }),
      'publish on forbidden',
      /not let this identity publish on the channel "forbidden"/,
      /let this identity publish/,
    ],
    [
      'a frame limit above that of the broker',
      () => ({ frameLimit: '2 MiB' }),
      'frame limit',
      /2 MiB is not taken.*over the limit of 1048581/,
      /Set outputs\.feed\.frameLimit.*1 MiB/,
    ],
    [
      'nobody who stores',
      () => ({ handover: 'stored', confirmTimeout: '300ms' }),
      'handover stored',
      /not said to be stored/,
      /alive|subscribe/,
    ],
  ])('is %s', async (_, settings, step, detail, fix) => {
    const { code, lines } = await feedTest(feed(await settings()));
    expect(code).toBe(1);
    const failed = lines.filter(({ state }) => state === 'failed');
    expect(failed.map((line) => line.step)).toEqual([step]);
    expect(failed[0]!.detail).toMatch(detail);
    expect(failed[0]!.fix).toMatch(fix);
  });

  test('is told with TLS too, where the certificate is known', async () => {
    const settings = { port: portOf(secured), secret: securedSecret, tls: { use: true, verify: false } };
    expect(await feedTest(feed(settings))).toMatchObject({ code: 0, stderr: '' });
  });

  test('is told without publishing anything, where that is wanted', async () => {
    const { code, lines } = await feedTest(feed({}), '--no-publish');
    expect(code).toBe(0);
    expect(lines.find(({ step }) => step === 'publish on spam.mails')).toMatchObject({ state: 'skipped' });
  });

  test('is told of a feed file too', async () => {
    const file = join(temporaryDirectory(), 'feed_config.yml');
    writeFileSync(
      file,
      `broker: 127.0.0.1\nport: ${portOf(broker)}\nidentity: sensor\nsecret: ${JSON.stringify(secret)}\n`,
    );
    const { code, lines } = await feedTest({}, '--feed-config', file);
    expect([code, new Set(lines.map(({ output }) => output))]).toEqual([0, new Set(['hpfeeds'])]);
  });
});

describe('what is wrong with a folder', () => {
  test('is told, and the exit code says that another one works', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'mail'));
    const outputs = { maildir: { path: join(folder, 'mail') }, jsonl: { path: join(folder, 'file', 'records') } };
    const { code, lines } = await feedTest(outputs);
    expect(code).toBe(3);
    expect(lines.filter(({ state }) => state === 'failed')).toMatchObject([
      { output: 'jsonl', step: 'folder', fix: expect.stringContaining('Choose another path') as string },
    ]);
    expect((await feedTest(outputs, 'maildir')).code).toBe(0);
  });
});

peer('rabbitmq-server')('what is wrong with an AMQP output', () => {
  let rabbit: RabbitMq;
  beforeAll(async () => void (rabbit = await RabbitMq.start()), 240_000);
  afterAll(() => rabbit.stop(), 120_000);

  const feed = (settings: object) => ({
    feed: { type: 'amqp', port: rabbit.port, secret: 'secret', queue: 'kept', ...settings },
  });

  test('is nothing, where nothing is', async () => {
    const { code, lines } = await feedTest(feed({}));
    expect(code).toBe(0);
    expect(lines.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'resolve ok',
      'connect ok',
      'TLS skipped',
      'login ok',
      'exchange ok',
      'round trip ok',
      'publish as spam.mails ok',
    ]);
  });

  test.each<[string, object, string, RegExp, RegExp]>([
    ['a wrong secret', { secret: 'guess' }, 'login', /does not accept "writer"/, /identity and secret/],
    ['a virtual host that is not there', { vhost: 'nowhere' }, 'login', /virtual host "nowhere"/, /set_permissions/],
    [
      'a key that no queue takes',
      { queue: undefined, exchange: 'lonely' },
      'publish as spam.mails',
      /no queue takes/,
      /Bind a queue/,
    ],
  ])('is %s', async (_, settings, step, detail, fix) => {
    const { lines } = await feedTest(feed(settings));
    const failed = lines.filter(({ state }) => state === 'failed');
    expect(failed.map((line) => line.step)).toEqual([step]);
    expect(failed[0]!.detail).toMatch(detail);
    expect(failed[0]!.fix).toMatch(fix);
  });
});
