import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finish, listed, spamtrap } from '../e2e/commands.ts';
import { sha256 } from '../support/captures.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { freePorts } from '../support/real-server.ts';
import { command, newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { recordsIn } from '../support/stored.ts';

const quiet = { probes: { mode: 'off' }, daybook: { keep: 'no' } };

function letters(count: number, size = 20) {
  return Array.from({ length: count }, (_, index) => ({
    from: 'a@example.org',
    to: ['b@example.net'],
    content: Buffer.from(`Subject: ${index}\r\n\r\n${randomBytes(size).toString('hex')}\r\n`),
  }));
}

async function withConfig(dataDir: string, words: readonly string[]) {
  return finish(command, [...words, '--data-dir', dataDir, '--config', `${dataDir}.yml`]);
}

test('an output is rewound, or handed a range of time once more, and tells how it is doing', async () => {
  const dataDir = newDataDir();
  const config = { outputs: { jsonl: { from: 'start' } }, ...quiet };
  let sensor = await Sensor.start({ dataDir, config });
  await sendOver(sensor.port, 1, letters(5).values());
  const between = new Date().toISOString();
  await sendOver(sensor.port, 1, letters(3).values());
  await sensor.times('capture.accepted', 8);
  const ids = sensor.told('capture.accepted').map(({ id }) => id);
  await sensor.handedOn(ids.at(-1)!, ['jsonl']);
  const [live] = await listed<object>(['outputs', 'status'], dataDir);
  expect(live).toMatchObject({ output: 'jsonl', behind: 0, running: true, failingSince: null, lastError: null });
  expect((await spamtrap(['outputs', 'forget', 'jsonl'], dataDir)).code).toBe(4);
  await sensor.stop();

  const records = () => recordsIn(join(dataDir, 'records')).map(({ id }) => id);
  expect(records()).toEqual(ids);
  const range = ['outputs', 'replay', 'jsonl', '--since', between, '--until', '2100-01-01'];
  const replayed = await withConfig(dataDir, range);
  expect(replayed).toMatchObject({ code: 0, stderr: '' });
  expect(replayed.stdout.toString()).toBe('3 delivered, 0 refused.\n');
  expect(records()).toEqual([...ids, ...ids.slice(5)]);
  const one = await withConfig(dataDir, ['outputs', 'replay', 'jsonl', '--since', '1h', '--id', ids[0]!, '--json']);
  expect(JSON.parse(one.stdout.toString())).toEqual({ delivered: 1, refused: [] });

  const rewound = await spamtrap(['outputs', 'rewind', 'jsonl', '--since', between], dataDir);
  expect(rewound.stdout.toString()).toContain(`jsonl goes on with message ${ids[5]}`);
  const [waiting] = await listed<object>(['outputs', 'status', 'jsonl'], dataDir);
  expect(waiting).toMatchObject({ behind: 3, running: false });
  sensor = await Sensor.start({ dataDir, config });
  await sensor.handedOn(ids.at(-1)!, ['jsonl']);
  await sensor.stop();
  expect(records()).toEqual([...ids, ...ids.slice(5), ids[0]!, ...ids.slice(5)]);

  for (const [words, code, says] of [
    [['outputs', 'replay', 'jsonl', '--since', 'yesterday'], 2, 'is no time'],
    [['outputs', 'replay', 'jsnl', '--since', '1h'], 2, 'Did you mean jsonl?'],
    [['outputs', 'status', 'nobody'], 2, 'no output called nobody'],
  ] as const) {
    const { code: ended, stderr } = await withConfig(dataDir, words);
    expect([ended, stderr]).toEqual([code, expect.stringContaining(says)]);
  }
});

test('what an output refused is shown, handed on once more, and removed', async () => {
  const [port] = (await freePorts(1)) as [number];
  const brokerDir = newDataDir();
  const broker = await Sensor.start({ command: 'broker', dataDir: brokerDir, port });
  const users = JSON.parse(readFileSync(join(brokerDir, 'broker', 'users.json'), 'utf8')) as {
    sensor: { secret: string };
  };
  const dataDir = newDataDir();
  const feed = (frameLimit: number) => ({
    outputs: {
      feed: { type: 'hpfeeds', broker: '127.0.0.1', port, identity: 'sensor', secret: users.sensor.secret, frameLimit },
    },
    ...quiet,
  });
  const sensor = await Sensor.start({ dataDir, config: feed(2_000) });
  await sendOver(sensor.port, 1, [...letters(1), ...letters(3, 2_000)].values());
  const aside = await sensor.times('output.quarantined', 3);
  await sensor.stop();
  const ids = aside.map(({ id }) => id);
  const [, second] = capturesOnDisk(dataDir);

  const list = await listed<{ id: string; why: string }>(['outputs', 'quarantine', 'list', 'feed'], dataDir);
  expect(list.map(({ id }) => id)).toEqual(ids);
  expect(list[0]?.why).toContain('does not fit into a frame');
  const shown = await spamtrap(['outputs', 'quarantine', 'show', 'feed', ids[0]!], dataDir);
  expect(sha256(shown.stdout)).toBe(second!.facts.sha256);

  const again = await withConfig(dataDir, ['outputs', 'quarantine', 'retry', 'feed', 'all']);
  expect(again.code).toBe(1);
  writeFileSync(`${dataDir}.yml`, JSON.stringify(feed(100_000)));
  const received = finish(command, ['subscribe', '--data-dir', brokerDir, '--count', '1']);
  await broker.event('broker.joined', ({ ident }) => ident === 'reader');
  const retried = await withConfig(dataDir, ['outputs', 'quarantine', 'retry', 'feed', ids[0]!]);
  expect(retried).toMatchObject({ code: 0 });
  expect(JSON.parse((await received).stdout.toString())).toMatchObject({ sha256: second!.facts.sha256 });
  expect((await spamtrap(['outputs', 'quarantine', 'show', 'feed', ids[0]!], dataDir)).code).toBe(2);
  expect((await spamtrap(['outputs', 'quarantine', 'show', 'feed', '../../x'], dataDir)).code).toBe(2);
  expect((await spamtrap(['outputs', 'quarantine', 'drop', 'feed', 'all'], dataDir)).stdout.toString()).toBe(
    '2 removed.\n',
  );
  expect(await listed(['outputs', 'quarantine', 'list', 'feed'], dataDir)).toEqual([]);

  await broker.stop();
  const status = await withConfig(dataDir, ['outputs', 'replay', 'feed', '--since', '1h']);
  expect([status.code, status.stderr]).toEqual([1, expect.stringContaining('no connection to 127.0.0.1')]);
});
