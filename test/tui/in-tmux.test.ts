import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { ControlClient } from '../../src/lib/control/control-client.ts';
import type { SensorState } from '../../src/lib/assembly/control/sensor-state.ts';
import { spamtrap } from '../mail/spamtrap.ts';
import { peer } from '../support/peers.ts';
import { command, newDataDir } from '../support/sensor.ts';
import { Tmux, type TmuxOptions } from '../support/tmux.ts';

const open: Tmux[] = [];

afterEach(async () => {
  for (const tmux of open.splice(0)) {
    const { pid, isDead } = tmux;
    if (!isDead) process.kill(pid, 'SIGKILL');
    await tmux.close();
  }
});

const anyPorts = {
  SPAMTRAP_RELAY_PORT: '0',
  SPAMTRAP_RELAY_SMTPS_PORT: '0',
  SPAMTRAP_RELAY_SUBMISSION_PORT: '0',
  SPAMTRAP_LMTP_PORT: '0',
  SPAMTRAP_BROKER_PORT: '0',
};

async function serve(options: TmuxOptions = {}) {
  const dataDir = newDataDir();
  const tmux = new Tmux([command, 'serve', '--data-dir', dataDir], {
    ...options,
    env: { ...anyPorts, ...options.env },
  });
  open.push(tmux);
  await tmux.shows(/up \d/, 'relay');
  return { tmux, dataDir };
}

async function stateOf(dataDir: string): Promise<SensorState> {
  const client = await ControlClient.connect(dataDir);
  try {
    return await client!.ask<SensorState>('state');
  } finally {
    client?.close();
  }
}

async function mail(dataDir: string, ...words: readonly string[]): Promise<void> {
  const { listening } = await stateOf(dataDir);
  const { port } = listening.find(({ of, tls }) => of === 'relay' && tls !== 'implicit')!;
  const usual = ['--server', `127.0.0.1:${port}`, '--from', 'spammer@bad.example', '--to', 'victim@good.example'];
  await promisify(execFile)('swaks', [...usual, ...words]);
}

/** Escape and another key that come together are one key with Alt. */
async function back(tmux: Tmux): Promise<void> {
  tmux.press('Escape');
  await tmux.lacks('esc back');
}

peer('tmux', 'swaks')('the console in a terminal', () => {
  it('opens, shows a message in every view, and reads it', async () => {
    const { tmux, dataDir } = await serve();
    await mail(dataDir, '--h-Subject', 'cheap pills', '--body', 'see http://evil.example/x');
    await mail(dataDir, '--auth', 'LOGIN', '--auth-user', 'root', '--auth-password', 'hunter2');
    await tmux.shows(/relay +\d+\.\d +2 /);
    tmux.press('2');
    await tmux.shows('cheap pills', 'spammer@ba', 'victim@goo');
    tmux.press('k', 'Enter');
    await tmux.shows('sha256', 'queued as', ' headers ');
    tmux.press('Right');
    await tmux.shows('subject: cheap pills');
    tmux.press('Right');
    await tmux.shows('see http://evil.example/x');
    tmux.press('Right');
    await tmux.shows('text/plain');
    tmux.press('Right');
    await tmux.shows('hxxp://evil[.]example/x');
    tmux.press('Right');
    await tmux.shows('00000000  ');
    await back(tmux);
    tmux.press('3');
    await tmux.shows('LOGIN  root  hunter2');
    tmux.press('Enter');
    await tmux.shows('AUTH LOGIN', 'RCPT TO:<victim@good.example>');
    await back(tmux);
    tmux.press('5');
    await tmux.shows('maildir', 'hpfeeds', 'well');
    tmux.press('6');
    await tmux.shows('No mailboxes are collected');
    tmux.press('7');
    await tmux.shows(/rule +kind +hits/);
    tmux.press('8');
    tmux.type('/relay listens');
    await tmux.shows('relay listens on 127.0.0.1');
    tmux.press('Enter');
    tmux.press('?');
    await tmux.shows('what the keys do');
  });

  it('filters, pauses, and keeps its places', async () => {
    const { tmux, dataDir } = await serve();
    await mail(dataDir, '--h-Subject', 'first pills');
    await mail(dataDir, '--h-Subject', 'second invoice');
    tmux.press('2');
    await tmux.shows('first pills', 'second invoice');
    tmux.type('/!invoice');
    await tmux.lacks('second invoice');
    tmux.press('Enter', '8', '2');
    await tmux.shows('/!invoice  1 of 2', 'first pills');
    tmux.press('Escape');
    await tmux.shows('second invoice');
    tmux.press('Space');
    await tmux.shows('paused');
    await mail(dataDir, '--h-Subject', 'third meanwhile');
    await tmux.shows(/paused, [1-9]\d* events wait/);
    expect(tmux.screen).not.toContain('third meanwhile');
    tmux.press('Space');
    await tmux.shows('third meanwhile');
  });

  it('saves a message byte for byte where it was started', async () => {
    const { tmux, dataDir } = await serve();
    await mail(dataDir, '--h-Subject', 'to be saved');
    tmux.press('2');
    await tmux.shows('to be saved');
    tmux.press('s');
    const screen = await tmux.shows(/Saved as \S+\.eml/);
    const path = /Saved as (\S+\.eml)/.exec(screen)![1]!;
    const kept = spamtrap(['journal', 'show', '--raw', '--data-dir', dataDir, path.slice(-30, -4)]);
    expect(readFileSync(path, 'latin1')).toBe(kept.stdout);
    rmSync(path);
  });

  it('approves a probe, with the plan before the eyes', async () => {
    const { tmux, dataDir } = await serve({
      env: { SPAMTRAP_PROBES_MODE: 'sandbox', SPAMTRAP_PROBES_BUDGET_PER_DAY: '0' },
    });
    const [user, password] = ['anna', 'correcthorse'];
    const login = ['--auth', 'LOGIN', '--auth-user', user, '--auth-password', password];
    await mail(dataDir, ...login, '--body', `it works with ${user} and ${password}`);
    tmux.press('4');
    await tmux.shows(/^held +01/m);
    tmux.press('a');
    await tmux.shows('Send this message to strangers', 'victim@good.example');
    tmux.press('n');
    await tmux.shows('Nothing was done');
    tmux.press('a');
    await tmux.shows('Send this message to strangers');
    tmux.press('y');
    await tmux.shows('is approved');
    tmux.press('Escape');
    await tmux.shows(/approved +\S/);
  });

  it('pauses an output and lets it go on', async () => {
    const { tmux, dataDir } = await serve();
    tmux.press('5');
    await tmux.shows('maildir');
    tmux.type('/maildir');
    tmux.press('Enter', 'p');
    await tmux.shows('maildir is paused', 'paused');
    expect((await stateOf(dataDir)).outputs.find(({ output }) => output === 'maildir')?.paused).toBe(true);
    tmux.press('p');
    await tmux.shows('maildir goes on');
  });

  it('follows the size of the terminal, from small to large', async () => {
    const { tmux } = await serve();
    for (const [columns, rows] of [
      [40, 12],
      [250, 70],
      [80, 24],
    ] as const) {
      tmux.resize(columns, rows);
      tmux.press('8');
      await tmux.shows('spamtrap serve', / {2}\/ filter|\/ filter/);
      const lines = tmux.screen.split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      tmux.press('1');
    }
  });

  it('has no colours where nobody wants them', async () => {
    const { tmux } = await serve({ env: { NO_COLOR: '1' } });
    // eslint-disable-next-line no-control-regex
    expect(tmux.colours).not.toMatch(/\u001b\[[\d;]*3[1-7]m/);
    const coloured = await serve();
    // eslint-disable-next-line no-control-regex
    expect(coloured.tmux.colours).toMatch(/\u001b\[[\d;]*3[1-7]m/);
  });

  it('survives that nobody looks, and that somebody does again', async () => {
    const { tmux, dataDir } = await serve();
    await tmux.lookedAt();
    await mail(dataDir, '--h-Subject', 'while detached');
    await tmux.lookedAt();
    tmux.press('2');
    await tmux.shows('while detached');
  });

  it('asks before it leaves: the sensor may stay', async () => {
    const { tmux, dataDir } = await serve();
    tmux.press('q');
    await tmux.shows('Leave the console');
    tmux.press('Escape');
    await tmux.shows('Nothing was done');
    tmux.press('C-c');
    await tmux.shows('Leave the console');
    tmux.press('l');
    await tmux.shows('console.closed');
    await mail(dataDir, '--h-Subject', 'after the console');
    await tmux.shows('capture.accepted', 'after the console');
    expect(tmux.isDead).toBe(false);
    expect(spamtrap(['stop', '--data-dir', dataDir]).status).toBe(0);
    await tmux.ended();
  });

  it('stops the sensor when it is told to, and gives the terminal back', async () => {
    const { tmux, dataDir } = await serve();
    tmux.press('q');
    await tmux.shows('Leave the console');
    tmux.press('s');
    await tmux.ended();
    expect(tmux.screen).toContain('stopped; everything that was acknowledged');
    expect(existsSync(join(dataDir, 'control.sock'))).toBe(false);
  });

  it('goes with the sensor when that is ended from outside', async () => {
    const { tmux, dataDir } = await serve();
    expect(spamtrap(['stop', '--data-dir', dataDir]).stdout).toContain('has stopped');
    await tmux.ended();
    expect(tmux.screen).toContain('stopping');
  });

  it('lets the sensor go on when the terminal is lost', async () => {
    const { tmux, dataDir } = await serve();
    const { pid } = await stateOf(dataDir);
    await tmux.close();
    // The console ends with its terminal; the sensor does not.
    for (;;) {
      const client = await ControlClient.connect(dataDir);
      const lines: string[] = [];
      await client!.follow('kept', (event) => lines.push(event.event));
      await client!.ask('state');
      client!.close();
      if (lines.includes('console.closed')) break;
    }
    await mail(dataDir, '--h-Subject', 'without a terminal');
    expect((await stateOf(dataDir)).intakes['relay']?.messages).toBe(1);
    open.splice(0);
    process.kill(pid, 'SIGTERM');
    // It may be met in the midst of closing.
    for (;;) {
      const client = await ControlClient.connect(dataDir).catch(() => 'closing' as const);
      if (client === undefined) break;
      if (client !== 'closing') client.close();
    }
  });

  it('attaches to a sensor that runs elsewhere, and leaves it alone', async () => {
    const dataDir = newDataDir();
    const sensor = new Tmux([command, 'serve', '--no-tui', '--data-dir', dataDir], { env: anyPorts });
    open.push(sensor);
    await sensor.shows('ready');
    const monitor = new Tmux([command, 'monitor', '--data-dir', dataDir]);
    open.push(monitor);
    await monitor.shows('spamtrap serve', /up \d/);
    monitor.press('q');
    await monitor.ended();
    expect((await stateOf(dataDir)).ready).toBe(true);
  });
});
