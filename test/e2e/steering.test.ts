import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/lib/control/control-client.ts';
import type { SensorState } from '../../src/lib/assembly/control/sensor-state.ts';
import type { Dialogue } from '../../src/lib/intake/dialogue.ts';
import { spamtrap } from '../mail/spamtrap.ts';
import { command, newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';

async function asked<Answer>(dataDir: string, what: string, given = {}): Promise<Answer> {
  const client = await ControlClient.connect(dataDir);
  try {
    return await client!.ask<Answer>(what, given);
  } finally {
    client?.close();
  }
}

async function deliver(sensor: Sensor, subject: string): Promise<string> {
  const before = sensor.told('capture.accepted').length;
  const client = await SmtpClient.connect(sensor.port);
  await client.send({ content: Buffer.from(`Subject: ${subject}\r\n\r\nbody\r\n`) });
  await client.quit();
  return (await sensor.times('capture.accepted', before + 1)).at(-1)!.id;
}

const quiet = { broker: { port: 0 }, lmtp: { port: 0 }, relay: { smtpsPort: 0, submissionPort: 0 } };

describe('a running sensor', () => {
  it.each(['serve', 'serve-relay', 'serve-lmtp', 'broker', 'collect'] as const)(
    '%s can be asked and stopped',
    async (name) => {
      const options = {
        command: name,
        dataDir: newDataDir(),
        ...(name === 'collect' && { flags: ['-c'], config: unreachableMailbox }),
        ...(name === 'broker' && { flags: ['-p', '0'] }),
      };
      const sensor = await Sensor.start(options);
      const status = spamtrap(['status', '--data-dir', sensor.dataDir]);
      expect(status.stdout).toContain(`${name} 0.1.0, process ${sensor.pid}: up`);
      const stopped = spamtrap(['stop', '--data-dir', sensor.dataDir]);
      expect(stopped).toMatchObject({ status: 0, stdout: expect.stringContaining('has stopped') });
      expect(await sensor.ended).toMatchObject({ code: 0, stderr: '' });
      const nobody = spamtrap(['status', '--data-dir', sensor.dataDir]);
      expect(nobody).toMatchObject({ status: 1, stderr: expect.stringContaining('Nothing runs on') });
    },
  );

  it('is not followed by a second one on the same data directory', async () => {
    const first = await Sensor.start({ command: 'broker', flags: ['-p', '0'], dataDir: newDataDir() });
    const second = new Sensor({ command: 'broker', flags: ['-p', '0'], dataDir: first.dataDir });
    expect(await second.ended).toMatchObject({ code: 4, stderr: expect.stringContaining('already runs') });
    expect(spamtrap(['status', '--data-dir', first.dataDir]).status).toBe(0);
    await first.stop();
  });

  it('tells what came, with subject, tags and rules', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    await deliver(sensor, '=?utf-8?q?H=C3=A4llo?=\r\n =?utf-8?q?_Welt?=');
    expect(sensor.told('capture.accepted')[0]).toMatchObject({ subject: 'Hällo Welt' });
    await sensor.stop();
  });

  it('tells those who watch the same as its log, and lets them go', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const monitor = spawn(command, ['monitor', '--json', '--data-dir', sensor.dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(monitor, 'close');
    const lines: string[] = [];
    const came = Promise.withResolvers<void>();
    createInterface({ input: monitor.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"capture.accepted"')) came.resolve();
    });
    await deliver(sensor, 'watched');
    await came.promise;
    await sensor.stop();
    const [code] = (await closed) as [number];
    expect(code).toBe(0);
    const told = sensor.events.map((event) => JSON.stringify(event));
    expect(told.slice(0, lines.length)).toEqual(lines);
  });

  it('pauses an output, lets it go on, and hands on once more', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const first = await deliver(sensor, 'one');
    await sensor.handedOn(first);
    expect(spamtrap(['outputs', 'pause', 'jsonl', '--data-dir', sensor.dataDir]).stdout).toMatch(/jsonl is paused/);
    const second = await deliver(sensor, 'two');
    await sensor.handedOn(second, ['maildir']);
    const { outputs } = await asked<SensorState>(sensor.dataDir, 'state');
    expect(outputs.find(({ output }) => output === 'jsonl')).toMatchObject({
      paused: true,
      delivered: 1,
      lastId: first,
    });
    expect(outputs.find(({ output }) => output === 'jsonl')!.behindBytes).toBeGreaterThan(0);
    expect(spamtrap(['outputs', 'resume', 'jsonl', '--data-dir', sensor.dataDir]).stdout).toMatch(/jsonl goes on/);
    await sensor.handedOn(second, ['jsonl']);
    const deliveries = () => sensor.told('output.delivered').filter(({ output }) => output === 'jsonl');
    const before = deliveries().reduce((sum, { count }) => sum + count, 0);
    expect(spamtrap(['outputs', 'rewind', 'jsonl', '--data-dir', sensor.dataDir]).status).toBe(0);
    await sensor.event(
      'output.delivered',
      () => deliveries().reduce((sum, { count }) => sum + count, 0) === before + 2,
    );
    const refused = spamtrap(['outputs', 'rewind', 'daybook', '--data-dir', sensor.dataDir]);
    expect(refused.stderr).toContain('would count things twice');
    const unknown = spamtrap(['outputs', 'pause', 'josnl', '--data-dir', sensor.dataDir]);
    expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean jsonl?') });
    await sensor.stop();
    // What was moved while it ran stays moved.
    const again = await Sensor.start({ dataDir: sensor.dataDir });
    await again.event('output.opened', ({ output }) => output === 'jsonl');
    const third = await deliver(again, 'three');
    await again.handedOn(third);
    await again.stop();
  });

  it('tells what was said in a session, also when it is over', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const client = await SmtpClient.connect(sensor.port);
    await client.command('EHLO liar.example');
    const { session } = await sensor.event('session.opened');
    const open = await asked<Dialogue>(sensor.dataDir, 'sessions.dialogue', { session });
    expect(open).toMatchObject({ open: true, lines: [{ by: 'peer' }, { by: 'peer', text: 'EHLO liar.example' }] });
    await client.command('VRFY root');
    const watched = await asked<Dialogue>(sensor.dataDir, 'sessions.dialogue', { session });
    expect(watched.lines.map(({ by }) => by)).toEqual(['peer', 'peer', 'peer', 'us']);
    await client.command('QUIT');
    await sensor.event('session.closed');
    const over = await asked<Dialogue>(sensor.dataDir, 'sessions.dialogue', { session });
    expect(over.open).toBe(false);
    expect(over.lines.map(({ text }) => text)).toContain('QUIT');
    await expect(asked(sensor.dataDir, 'sessions.dialogue', { session: 'no such' })).rejects.toMatchObject({
      code: 'sessions.unknown',
    });
    await sensor.stop();
  });
});

describe('reading anew', () => {
  const rules = (name: string) =>
    `version: 1\nrules:\n  - { name: ${name}, kind: note, on: message, when: { subject: { contains: x } } }\n`;

  it.each(['reload', 'SIGHUP'] as const)(
    'takes what is good, says what has to wait, and refuses the rest: %s',
    async (how) => {
      const dataDir = newDataDir();
      const file = join(dataDir, '..', 'rules.yml');
      writeFileSync(file, rules('first'));
      const sensor = await Sensor.start({ dataDir, config: { ...quiet, rules: { file } } });
      const change = { ...quiet, rules: { file }, relay: { ...quiet.relay, hostname: 'other.example' } };
      writeFileSync(`${dataDir}.yml`, JSON.stringify(change));
      if (how === 'SIGHUP') sensor.signal('SIGHUP');
      else {
        const done = spamtrap(['reload', '--data-dir', dataDir]);
        expect(done).toMatchObject({
          status: 0,
          stdout: expect.stringContaining('from the next start on: relay.hostname'),
        });
        expect(done.stdout).toMatch(/rules: 1 of .* in force/);
        expect(done.stdout).toMatch(/certificate: CN=/);
      }
      expect(await sensor.event('configuration.loaded')).toMatchObject({ later: ['relay.hostname'] });

      writeFileSync(`${dataDir}.yml`, 'relay: { hostnaem: x }');
      if (how === 'SIGHUP') sensor.signal('SIGHUP');
      else {
        const done = spamtrap(['reload', '--data-dir', dataDir]);
        expect(done).toMatchObject({
          status: 3,
          stdout: expect.stringMatching(/configuration: not taken: .*hostnaem/s),
        });
      }
      await sensor.event('configuration.refused');
      expect(await sensor.stop()).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('says what is wrong with rules, and keeps those before', async () => {
    const dataDir = newDataDir();
    const file = join(dataDir, '..', 'rules.yml');
    writeFileSync(file, rules('first'));
    const sensor = await Sensor.start({ dataDir, config: { ...quiet, rules: { file } } });
    const good = spamtrap(['rules', 'reload', '--data-dir', dataDir]);
    expect(good).toMatchObject({ status: 0, stdout: expect.stringMatching(/^rules: 1 of/) });
    writeFileSync(file, 'rules: [ { nmae: x } ]');
    const bad = spamtrap(['rules', 'reload', '--data-dir', dataDir]);
    expect(bad).toMatchObject({ status: 3, stdout: expect.stringContaining('not taken') });
    await sensor.stop();
  });

  it('finds the only sensor that runs where none is named', async () => {
    const home = join(newDataDir(), '..');
    const env = { PATH: process.env['PATH'], HOME: home, XDG_STATE_HOME: home };
    const dataDir = join(home, 'spamtrap', 'serve-relay');
    mkdirSync(dataDir, { recursive: true });
    const sensor = await Sensor.start({ dataDir });
    expect(JSON.parse(await statusIn(env))).toMatchObject({ command: 'serve-relay', dataDir });
    await sensor.stop();
  });
});

describe('machines', () => {
  it('see how it is, and whether mail is taken', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { ...quiet, health: { port: 0 } } });
    const { port } = await sensor.event('health.listening');
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    };
    const id = await deliver(sensor, 'counted');
    await sensor.handedOn(id);
    expect(await get('/livez')).toEqual({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    const { text } = await get('/metrics');
    expect(text).toContain('spamtrap_captures_total{intake="relay"} 1\n');
    expect(text).toContain('spamtrap_output_delivered_total{output="maildir"} 1\n');
    expect((await get('/else')).status).toBe(404);
    await sensor.stop();
  });

  it('are told at the start that the port is taken', async () => {
    const first = await Sensor.start({ dataDir: newDataDir(), config: { ...quiet, health: { port: 0 } } });
    const { port } = await first.event('health.listening');
    const second = new Sensor({ dataDir: newDataDir(), config: { ...quiet, health: { port } } });
    expect(await second.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Choose another health.port'),
    });
    await first.stop();
  });
});

describe('the demo', () => {
  it('plays the same attack twice, on the loopback interface', async () => {
    const played = async () => {
      const sensor = await Sensor.start({ dataDir: newDataDir() });
      const words = ['demo', '--data-dir', sensor.dataDir, '--rate', '40', '--seconds', '2', '--seed', '7'];
      await spamtrap.running(words);
      await sensor.stop();
      return sensor;
    };
    const sensor = await played();
    const messages = sensor.told('capture.accepted');
    expect(messages.length).toBeGreaterThan(20);
    expect(messages.every(({ peer }) => peer.startsWith('127.'))).toBe(true);
    expect(sensor.told('login.tried').length).toBeGreaterThan(5);
    expect(sensor.told('rule.matched').length).toBeGreaterThan(0);
    expect(new Set(sensor.told('session.closed').map(({ scan }) => scan)).size).toBeGreaterThan(2);
    const again = await played();
    const subjects = (of: Sensor) => new Set(of.told('capture.accepted').map(({ subject }) => subject));
    const shared = [...subjects(again)].filter((subject) => subjects(sensor).has(subject));
    expect(shared.length).toBeGreaterThan(messages.length / 3);
  });

  it('attacks nobody else', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), command: 'serve-lmtp', flags: ['-p', '0'] });
    const refused = spamtrap(['demo', '--data-dir', sensor.dataDir, '--seconds', '1']);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('has no relay') });
    await sensor.stop();
  });
});

const unreachableMailbox = {
  collect: { mailboxes: { one: { type: 'imap', host: '127.0.0.1', port: 1, username: 'u', password: 'p' } } },
};

async function statusIn(env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, ['status', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(child, 'close');
  return text;
}
