import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KillSwitch } from '../../src/lib/probe/kill-switch.ts';
import { minute, noon, openDesk } from '../support/probes.ts';
import { memoryDirectory } from '../support/temporary.ts';

function scene() {
  const dataDir = memoryDirectory();
  return { dataDir, file: join(dataDir, 'relay.stopped'), killSwitch: new KillSwitch(dataDir) };
}

describe('the kill switch', () => {
  it('is a file that says who has stopped relaying, when and why', () => {
    const { file, killSwitch } = scene();
    expect(killSwitch.state()).toEqual({ is: 'running' });
    expect(killSwitch.stop('alice\n', 'a complaint\u001b[2J', noon)).toBe('stopped');
    const line = '2026-11-20T12:00:00.000Z alice\\n: a complaint\\e[2J';
    expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(killSwitch.state()).toEqual({ is: 'stopped', why: line });
  });

  it('keeps what the first stop has said', () => {
    const { killSwitch } = scene();
    killSwitch.stop('alice', 'a complaint', noon);
    expect(killSwitch.stop('bob', 'lunch', noon + minute)).toBe('already stopped');
    expect(killSwitch.state()).toMatchObject({ why: expect.stringContaining('alice') as string });
    expect(killSwitch.resume()).toBe('running again');
    expect(killSwitch.resume()).toBe('already running');
    expect(killSwitch.isStopped).toBe(false);
  });

  it.each([
    ['an empty file', (path: string) => writeFileSync(path, '')],
    ['a large one', (path: string) => writeFileSync(path, '\u001b'.repeat(1e7))],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to nowhere', (path: string) => symlinkSync('/nowhere/at/all', path)],
    ['a pipe', (path: string) => expect(spawnSync('mkfifo', [path]).status).toBe(0)],
  ])('is on when there is %s of that name', (_, make) => {
    const { file, killSwitch } = scene();
    make(file);
    const state = killSwitch.state();
    expect(state).toMatchObject({ is: 'stopped', why: expect.stringMatching(/^[ -~…]{1,400}$/) as string });
  });

  it('is on when that cannot be told', () => {
    const { dataDir } = scene();
    writeFileSync(join(dataDir, 'data'), 'a file where a folder should be');
    expect(new KillSwitch(join(dataDir, 'data')).state()).toMatchObject({
      is: 'stopped',
      why: expect.stringContaining('ENOTDIR') as string,
    });
  });

  it('works before there is anything else, and when the desk is closed', () => {
    const { dataDir } = scene();
    const before = new KillSwitch(join(dataDir, 'new', 'data'));
    expect(before.stop('alice', '', noon)).toBe('stopped');
    expect(before.isStopped).toBe(true);

    writeFileSync(join(dataDir, 'budget.created'), 'nonsense');
    const { desk } = openDesk(dataDir);
    expect(desk.closed).toBeDefined();
    expect(desk.stop('alice', '')).toBe('stopped');
    expect(desk.killSwitch.isStopped).toBe(true);
    expect(desk.resume('alice')).toBe('running again');
  });
});
