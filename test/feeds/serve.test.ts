import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { finish } from '../e2e/commands.ts';
import { sha256 } from '../support/captures.ts';
import { command, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// As a newcomer does it: nothing configured, everything found by itself.

function letter(text: string) {
  return {
    from: 'a@example.org',
    to: ['b@example.net'],
    content: Buffer.from(`Subject: ${text}\r\n\r\n\xff\0\r\n`, 'latin1'),
  };
}

/** Subscribes, and gives each line as it comes. */
function subscribe(home: string, ...words: readonly string[]) {
  const child = spawn(command, ['subscribe', ...words], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  return { child, lines };
}

test('with nothing configured a subscriber sees what is captured', async () => {
  const home = temporaryDirectory();
  const dataDir = join(home, '.local/state/spamtrap/serve');
  const sensor = await Sensor.start({ command: 'serve', dataDir, env: { HOME: home } });
  expect(sensor.told('broker.listening')).toMatchObject([{ address: '127.0.0.1', tls: 'none' }]);
  expect(new Set(sensor.told('listening').map(({ intake }) => intake))).toEqual(new Set(['relay', 'lmtp']));
  const { lines } = subscribe(home, 'spam.mails');
  await sensor.event('broker.joined', ({ ident }) => ident === 'reader');
  await sendOver(sensor.port, 1, [letter('one'), letter('two')].values());
  await expect.poll(() => lines.length, { timeout: 30_000 }).toBe(2);
  expect(lines).toMatchObject([
    { channel: 'spam.mails', ident: 'sensor', sha256: sha256(letter('one').content), enc: 'latin1' },
    { channel: 'spam.mails', ident: 'sensor', sha256: sha256(letter('two').content) },
  ]);

  const file = join(home, 'sample.eml');
  writeFileSync(file, letter('three').content);
  const published = await finish(command, ['publish', file], { env: { HOME: home } });
  expect(published).toMatchObject({ code: 0, stderr: '' });
  await expect.poll(() => lines.at(-1)?.['sha256'], { timeout: 30_000 }).toBe(sha256(letter('three').content));
  const raw = await finish(command, ['publish', '-', '--raw'], {
    env: { HOME: home },
    input: Buffer.from('Subject: raw\r\n'),
  });
  expect(raw.code).toBe(0);
  await expect.poll(() => lines.at(-1)?.['msg'], { timeout: 30_000 }).toBe('Subject: raw\r\n');

  const kept = join(home, 'kept');
  const keeping = finish(command, ['subscribe', '--eml', kept, '--count', '1'], { env: { HOME: home } });
  await expect.poll(() => sensor.told('broker.joined').filter(({ ident }) => ident === 'reader').length).toBe(2);
  const stored = await finish(command, ['publish', file, '--handover', 'stored'], { env: { HOME: home } });
  expect(stored).toMatchObject({ code: 0, stderr: '' });
  expect((await keeping).code).toBe(0);
  const hash = sha256(letter('three').content);
  expect(readdirSync(kept).sort()).toEqual([`${hash}.eml`, `${hash}.json`]);
  expect(sha256(readFileSync(join(kept, `${hash}.eml`)))).toBe(hash);

  // Exit codes tell the truth.
  const feed = (changes: string) => {
    const path = join(home, 'feed.yml');
    writeFileSync(path, readFileSync(join(dataDir, 'broker', 'sensor.yml'), 'utf8') + changes);
    return path;
  };
  const refused = (words: readonly string[]) => finish(command, words, { env: { HOME: home } });
  expect(await refused(['publish', file, '--channel', 'forbidden'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not let this identity publish on the channel "forbidden"') as string,
  });
  const wrong = readFileSync(join(dataDir, 'broker', 'sensor.yml'), 'utf8').replace(/^secret: .*$/m, 'secret: guess');
  writeFileSync(feed(''), wrong);
  expect(await refused(['publish', file, '--feed-config', join(home, 'feed.yml')])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not accept the identity and its secret') as string,
  });
  expect(await refused(['publish', join(home, 'nothing.eml')])).toMatchObject({ code: 2 });
  expect(await refused(['subscribe', 'forbidden'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not let this identity subscribe') as string,
  });
  expect(await sensor.stop()).toEqual({ code: 0, signal: null, stderr: '' });
  expect(await refused(['publish', file])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ECONNREFUSED') as string,
  });
  const nobody = await finish(command, ['publish', file], { env: { HOME: temporaryDirectory() } });
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('No broker is known here') as string });
});

test('a port that is taken keeps the sensor from starting, with the reason', async () => {
  const home = temporaryDirectory();
  const first = await Sensor.start({ command: 'serve', dataDir: join(home, 'one') });
  const { port } = first.told('broker.listening')[0]!;
  const env = { SPAMTRAP_BROKER_PORT: String(port) };
  const second = new Sensor({ command: 'serve', dataDir: join(home, 'two'), env });
  const { code, stderr } = await second.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`The broker cannot listen on 127.0.0.1 port ${port}`);
  expect(stderr).toContain('Another program has this port.');
  await first.stop();
});

test('a broker is told of by an event, and left out where that is wanted', async () => {
  const dataDir = join(temporaryDirectory(), 'data');
  const sensor = await Sensor.start({ command: 'serve', dataDir, config: { broker: { embed: false } } });
  expect(sensor.told('broker.listening')).toEqual([]);
  expect(sensor.told('output.opened').map(({ output }) => output)).not.toContain('hpfeeds');
  await sensor.stop();
});
