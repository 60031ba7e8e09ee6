import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { search, looking, writtenRuns } from '../index/scene.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { jsonLines, runIn } from '../support/commands.ts';
import { peer } from '../support/peers.ts';
import { command, newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient, type Letter } from '../support/smtp-client.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Tmux } from '../support/tmux.ts';

const children = new Set<ChildProcess>();

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

const letter = (subject: string) => ({ content: Buffer.from(`Subject: ${subject}\r\n\r\nbody of ${subject}\r\n`) });

async function deliver(port: number, content: Letter): Promise<void> {
  const client = await SmtpClient.connect(port);
  await client.send(content);
  await client.quit();
}

/** What an index says is not told by events: it is looked for until it is there. */
async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) if (isSo()) return;
  throw new Error('it does not come');
}

function found(dataDir: string, filter: string): number {
  try {
    return search(dataDir, filter).length;
  } catch {
    return 0;
  }
}

/** The process that keeps the index of a sensor. */
function keeperOf(sensor: Sensor): number | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(sensor.pid)], { encoding: 'utf8' });
  const line = stdout.split('\n').find((each) => each.includes('index update --follow'));
  return line === undefined ? undefined : Number(line.trim().split(' ')[0]);
}

function isAlive(pid: number): boolean {
  try {
    // What has ended and is not yet buried is not alive.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a sensor that runs', () => {
  it('can be searched meanwhile, also what came a moment ago', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    await deliver(sensor.port, letter('first'));
    expect(jsonLines(runIn(sensor.dataDir, ['search', '--json', 'subject:first']).stdout)).toHaveLength(1);
    await deliver(sensor.port, letter('second'));
    expect(jsonLines(runIn(sensor.dataDir, ['search', '--json', 'subject:second']).stdout)).toHaveLength(1);
    await sensor.stop();
  });

  it('keeps its index up to date where it is told to, and has that end with it', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { index: { live: true } } });
    await deliver(sensor.port, letter('lively'));
    await until(() => found(sensor.dataDir, 'subject:lively') === 1);
    const keeper = keeperOf(sensor)!;
    expect(isAlive(keeper)).toBe(true);
    // Whoever asks need not wait for the lock that it holds.
    expect(runIn(sensor.dataDir, ['search', '--ids', 'subject:lively']).stdout).toMatch(/^[0-9A-Z]{26}\n$/);
    expect(runIn(sensor.dataDir, ['index', 'update'])).toMatchObject({ status: 4 });
    expect((await sensor.stop()).code).toBe(0);
    expect(isAlive(keeper)).toBe(false);
  });

  it('starts it again when it is gone, and nothing is missing', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { index: { live: true } } });
    await deliver(sensor.port, letter('before'));
    await until(() => found(sensor.dataDir, 'subject:before') === 1);
    process.kill(keeperOf(sensor)!, 'SIGKILL');
    await sensor.event('index.failed');
    await deliver(sensor.port, letter('behind'));
    await until(() => found(sensor.dataDir, 'subject:behind') === 1);
    await sensor.stop();
  });

  it('does not leave it behind when it is killed', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { index: { live: true } } });
    await deliver(sensor.port, letter('x'));
    await until(() => found(sensor.dataDir, 'subject:x') === 1);
    const keeper = keeperOf(sensor)!;
    await sensor.stop('SIGKILL');
    await until(() => !isAlive(keeper));
  });
});

describe('an index whose keeper is killed at any moment', () => {
  it('has everything once, and as one that was never killed has it', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 6_000, new SpamRuns(61, 40));
    const ledger = capturesOnDisk(dataDir).map(({ facts }) => facts.id);
    for (let round = 0; round < 12; round++) {
      const child = spawn(command, ['index', 'update', '--data-dir', dataDir], { stdio: 'ignore' });
      children.add(child);
      // Somewhere between its start and its end, each time a little later.
      await sleep(150 + round * 60);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      children.delete(child);
    }
    expect(runIn(dataDir, ['index', 'update']).status).toBe(0);
    expect(search(dataDir, '').map(({ id }) => id)).toEqual(ledger);
    const broken = looking(dataDir, (_, database) => database.prepare('PRAGMA integrity_check').all());
    expect(broken).toEqual([{ integrity_check: 'ok' }]);
    const before = search(dataDir, '');
    expect(runIn(dataDir, ['index', 'rebuild']).status).toBe(0);
    expect(search(dataDir, '')).toEqual(before);
  });
});

peer('tmux')('in the console', () => {
  it('campaigns are seen, filtered and opened', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { index: { live: true } } });
    for (let number = 0; number < 6; number++) {
      const body =
        'Your parcel waits for you at our depot and a small fee has to be paid before it can be brought to you';
      await deliver(sensor.port, {
        content: Buffer.from(`Subject: parcel ${number}\r\n\r\nDear ${number},\r\n${body}\r\n`),
      });
    }
    await until(() => found(sensor.dataDir, 'has:campaign') === 6);
    const tmux = new Tmux([command, 'monitor', '--data-dir', sensor.dataDir], { columns: 130, rows: 30 });
    await tmux.shows('1 overview');
    tmux.press('9');
    await tmux.shows('parcel 0');
    tmux.press('Enter');
    await tmux.shows('6 messages from 1 sources');
    tmux.press('Escape');
    await tmux.shows('enter open');
    tmux.press('2');
    await tmux.shows('tags, rules');
    tmux.type('/subject:"parcel 3"');
    tmux.press('Enter');
    await tmux.shows('1 of 6');
    tmux.press('q');
    await sensor.stop();
  });
});
