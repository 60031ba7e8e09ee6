import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Probe } from '../../src/lib/probe/probe.ts';
import { startSensor } from '../support/hostile-sensor.ts';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor, type SensorOptions } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { readTrace, tracing } from '../support/strace.ts';
import { finish, listed, spamtrap } from './commands.ts';

const ownAddress = '198.51.100.25';
const own = ['--own-address', ownAddress];

function probe(number = 0, lines: readonly string[] = []): Buffer {
  return Buffer.from([`Subject: ${ownAddress} ${number}`, ...lines, '', 'test', ''].join('\r\n'));
}

async function send(sensor: Sensor, content: Buffer, to: readonly string[] = ['me@dropbox.example']): Promise<void> {
  const client = await SmtpClient.connect(sensor.port);
  expect(await client.send({ from: 'spammer@example.org', to, content })).toMatchObject({ code: 250 });
  await client.quit();
}

const sandbox = (perDay = 20): Partial<SensorOptions> => ({
  flags: [...own, '--relay-mode', 'sandbox', '--relay-per-day', String(perDay)],
  // Many probes for one recipient are not what is tried here.
  config: { probes: { budget: { perRecipient: 1_000 } } },
});

/** Everything in which a system before this one, or a mail server, has looked for an envelope. */
const forged = [
  'X-RcptTo: victim@example.net',
  'X-MailFrom: other@example.net',
  'X-Peer: 192.0.2.1',
  'X-INetSim-RCPT: victim@example.net',
  'X-FOSR-Client-Status: relay',
  'X-Relay-Sendmail-Recipients: victim@example.net',
  'X-Relay-Sendmail-Sent: {}',
  'X-Spamtrap-Id: 01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'Delivered-To: victim@example.net',
  'Envelope-To: victim@example.net',
  'Resent-To: victim@example.net',
  'To: victim@example.net',
  'Bcc: victim@example.net',
];

function mailsIn(folder: string): string[] {
  return ['new', 'cur'].flatMap((part) =>
    readdirSync(join(folder, part)).map((name) => readFileSync(join(folder, part, name), 'latin1')),
  );
}

peer('strace')('with default settings', () => {
  it('no connection is opened and nobody is asked, also when a probe comes', async () => {
    const dataDir = newDataDir();
    const trace = `${dataDir}.trace`;
    const sensor = await Sensor.start({
      dataDir,
      flags: own,
      strace: tracing(trace, ['connect', 'sendto', 'sendmsg', 'sendmmsg'], 200),
    });
    await send(sensor, probe());
    const held = await sensor.event('probe.held');
    expect(held).toMatchObject({ rule: 'own-address-in-subject', reason: 'it waits for an operator' });
    await sensor.event('output.delivered', ({ output }) => output === 'daybook');
    await sensor.stop();
    const calls = readTrace(trace);
    // What it says to its peers it says on connections that they have opened.
    expect(calls.filter(({ name, target }) => name === 'connect' && !target.startsWith('UNIX'))).toEqual([]);
    expect(calls.filter(({ target }) => target.startsWith('UDP'))).toEqual([]);
  });
});

describe('in the sandbox', () => {
  it('a probe goes out, comes in again to the byte, and can be explained from the record', async () => {
    const sensor = await startSensor(sandbox());
    const content = probe(1, forged);
    await send(sensor, content);
    const relayed = await sensor.event('probe.relayed');
    expect(relayed).toMatchObject({ recipients: ['me@dropbox.example'], server: '127.0.0.1' });
    const [mail, ...others] = mailsIn(join(sensor.dataDir, 'sandbox'));
    expect(others).toEqual([]);
    expect(mail!.endsWith(content.toString('latin1'))).toBe(true);
    expect(mail).toContain('Delivered-To: me@dropbox.example\r\n');
    expect(mail).toContain('Return-Path: <spammer@example.org>\r\n');

    const { stdout } = await spamtrap(['probes', 'show', relayed.id, '--json'], sensor.dataDir);
    const { probe: shown, story } = JSON.parse(stdout.toString()) as { probe: Probe; story: { what: string }[] };
    expect(shown).toMatchObject({ state: 'relayed', decision: { by: 'sandbox', is: 'automatic' } });
    expect(shown.because).toContain(ownAddress);
    expect(story.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['held', 'approved', 'reserved', 'sending', 'reported', 'relayed']),
    );
    await sensor.handedOn(relayed.id);
    await sensor.stop();

    const [copy] = mailsIn(join(sensor.maildir, '.sentProbes'));
    expect(copy).toContain('X-Relay-Sendmail-Sent: {}\r\n');
    expect(copy!.endsWith(content.toString('latin1'))).toBe(true);
    expect(readdirSync(join(sensor.maildir, 'cur')).filter((name) => name.endsWith(':2,R'))).toHaveLength(1);
    const [log] = mailsIn(join(sensor.maildir, '.logs'));
    expect(log).toMatch(/^Subject: Logs from \d{4}-\d\d-\d\d\r$/m);
    expect(log).toContain('me@dropbox.example');
  });

  it('100 at the same time are sent exactly as often as the budget allows, also over a restart', async () => {
    const options = { dataDir: newDataDir(), ...sandbox(20) };
    const sensor = await Sensor.start(options);
    await Promise.all(
      Array.from({ length: 100 }, (_, number) => send(sensor, probe(number), [`u${number}@d.example`])),
    );
    await sensor.times('probe.relayed', 20);
    await sensor.event('output.delivered', ({ output, lastId }) => {
      const last = sensor.told('capture.accepted').map(({ id }) => id);
      return output === 'probe-desk' && lastId === last.sort().at(-1);
    });
    await sensor.stop();
    const again = await Sensor.start(options);
    await send(again, probe(100));
    await again.event('probe.held', ({ reason }) => reason.includes('perDay'));
    await again.stop();
    expect(mailsIn(join(options.dataDir, 'sandbox'))).toHaveLength(20);
    const held = await listed<Probe>(['probes', 'list'], options.dataDir);
    expect(held).toHaveLength(81);
  });

  it('whenever it is killed, no probe goes out twice and the budget is never passed', async () => {
    const options = { dataDir: newDataDir(), ...sandbox(10) };
    let sent = 0;
    for (let life = 0; life < 4; life++) {
      const sensor = await Sensor.start(options);
      const relayed = sensor.event('probe.relayed').catch(() => undefined);
      await Promise.all(Array.from({ length: 5 }, () => send(sensor, probe(sent++), [`u${sent}@d.example`])));
      if (life < 3) await relayed;
      sensor.signal('SIGKILL');
      await sensor.ended;
    }
    const sensor = await Sensor.start(options);
    await sensor.stop();
    const subjects = mailsIn(join(options.dataDir, 'sandbox')).map((mail) => /^Subject: (.*)\r$/m.exec(mail)![1]);
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects.length).toBeLessThanOrEqual(10);
    expect(subjects.length).toBeGreaterThan(0);
  });

  it('the kill switch stops it, and what was approved goes when it is taken back', async () => {
    const sensor = await startSensor(sandbox());
    expect(await spamtrap(['probes', 'stop', '--why', 'lunch'], sensor.dataDir)).toMatchObject({ code: 0 });
    await send(sensor, probe());
    const { id } = await sensor.event('probe.held');
    const [waiting] = await listed<Probe>(['probes', 'list'], sensor.dataDir);
    expect(waiting).toMatchObject({ id, state: 'approved' });
    expect(sensor.told('sandbox.received')).toEqual([]);
    expect(await spamtrap(['probes', 'resume'], sensor.dataDir)).toMatchObject({ code: 0 });
    expect(await sensor.event('probe.relayed')).toMatchObject({ id });
    const story = await listed<{ what: string; why: string }>(['probes', 'history', '--desk'], sensor.dataDir);
    expect(story).toMatchObject(expect.arrayContaining([expect.objectContaining({ what: 'stopped', why: 'lunch' })]));
    expect(story.at(-1)).toMatchObject({ what: 'resumed' });
  });
});

describe('in review', () => {
  it('an operator decides from the command line, while the sensor runs', async () => {
    const sensor = await startSensor({ flags: own, config: { probes: { resolvers: ['127.0.0.1'] } } });
    for (const number of [1, 2]) await send(sensor, probe(number), ['me@[127.0.0.1]']);
    await sensor.times('probe.held', 2);
    const [one, two] = await listed<Probe>(['probes', 'list'], sensor.dataDir);
    expect(await spamtrap(['probes', 'deny', one!.id, '--why', 'no'], sensor.dataDir)).toMatchObject({ code: 0 });
    // An address of this machine is none that anything is sent to, whoever approves it.
    const approved = await spamtrap(['probes', 'approve', two!.id], sensor.dataDir);
    expect(approved).toMatchObject({ code: 1 });
    expect(await sensor.event('probe.refused')).toMatchObject({ id: two!.id });
    const fates = await listed<Probe>(['probes', 'history'], sensor.dataDir);
    expect(fates.map(({ id, state }) => [id, state])).toEqual([
      [one!.id, 'denied'],
      [two!.id, 'refused'],
    ]);
    const again = await spamtrap(['probes', 'approve', one!.id], sensor.dataDir);
    expect(again.stderr).toContain('cannot be approved');
  });

  it('is what live means until the words are there, and that is said', async () => {
    const told = async (probes: object) => {
      const sensor = await startSensor({ config: { probes } });
      return sensor.event('desk.opened');
    };
    const words = 'probes may be sent to strangers';
    expect(await told({ mode: 'live' })).toMatchObject({
      mode: 'review',
      but: expect.stringContaining(words) as string,
    });
    expect((await told({ mode: 'live', acknowledge: words })).mode).toBe('live');
  });

  it('says in scripts what to use instead of the desk on a terminal', async () => {
    const sensor = await startSensor({ flags: own });
    const { code, stderr } = await spamtrap(['probes'], sensor.dataDir);
    expect(code).toBe(1);
    expect(stderr).toContain('probes list');
  });
});

describe('a budget that was lost', () => {
  it('closes the desk, which says what to do; made anew it is spent', async () => {
    const options = { dataDir: newDataDir(), ...sandbox() };
    const first = await Sensor.start(options);
    await send(first, probe(1));
    await first.event('probe.relayed');
    await first.stop();
    expect(await finish('rm', ['-r', join(options.dataDir, 'desk')])).toMatchObject({ code: 0 });

    const second = await Sensor.start(options);
    expect(await second.event('desk.closed')).toMatchObject({ detail: expect.stringContaining('missing') as string });
    await send(second, probe(2));
    await second.stop('SIGTERM');
    expect(second.told('sandbox.received')).toEqual([]);

    expect(await spamtrap(['probes', 'resume', '--new-budget'], options.dataDir)).toMatchObject({ code: 0 });
    const third = await Sensor.start(options);
    await third.event('probe.held');
    await third.stop();
    expect(third.told('sandbox.received')).toEqual([]);
  });
});
