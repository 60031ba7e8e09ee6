import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { root, spamtrap } from './spamtrap.ts';

const command = `${root}bin/spamtrap`;
const quiet = ['--help', '--version', 'help', 'help shell-init', 'shell-init bash', 'journal --help'];

describe('a reader that has had enough is no failure', () => {
  test.each(quiet)('spamtrap %s', async (line) => {
    const child = spawn(command, line.split(' '), { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // Closed before a byte is written: more unkind than any head.
    child.stdout.destroy();
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(quiet)('spamtrap %s | head -1', (line) => {
    const script = `"$0" ${line} | head -1; exit "\${PIPESTATUS[0]}"`;
    const { status, stderr } = spawnSync('bash', ['-c', script, command], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('while a failure keeps its status', () => {
    const script = '"$0" xyzzy --json 2>&1 | true; exit "${PIPESTATUS[0]}"';
    expect(spawnSync('bash', ['-c', script, command]).status).toBe(2);
  });

  test('and neither is one that was never there', () => {
    const { status, stderr } = spawnSync('bash', ['-c', '"$0" --help >&-', command], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

test('a full disk is said in a sentence', () => {
  const { status, stderr } = spawnSync('bash', ['-c', '"$0" shell-init bash >/dev/full', command], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^spamtrap: Nothing more can be written: ENOSPC[^\n]*\n[^\n]*\n$/);
  expect(status).toBe(1);
});

test('NO_COLOR is stronger than FORCE_COLOR, without a warning', () => {
  const coloured = spamtrap(['--help'], { FORCE_COLOR: '1' });
  expect(coloured.stdout).toContain('\u001b[');
  const plain = spamtrap(['--help'], { FORCE_COLOR: '1', NO_COLOR: '1' });
  expect(plain.stdout).not.toContain('\u001b');
  expect(plain.stderr).toBe('');
});

describe('help', () => {
  test('is the same asked either way', () => {
    expect(spamtrap(['help', 'shell-init'])).toEqual(spamtrap(['shell-init', '--help']));
    expect(spamtrap(['help', 'journal'])).toEqual(spamtrap(['journal', '--help']));
    expect(spamtrap(['help'])).toEqual(spamtrap(['--help']));
    expect(spamtrap([])).toEqual(spamtrap(['--help']));
  });

  test('does not wait for input', async () => {
    const child = spawn(command, ['help'], { stdio: ['pipe', 'ignore', 'inherit'] });
    const [status] = (await once(child, 'close')) as [number];
    child.stdin.destroy();
    expect(status).toBe(0);
  });
});

test('shell-init knows every first word of our commands', () => {
  const manifest = JSON.parse(readFileSync(`${root}oclif.manifest.json`, 'utf8')) as { commands: object };
  const firsts = new Set(Object.keys(manifest.commands).map((id) => id.replace(/:.*/, '')));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, stderr, status } = spamtrap(['shell-init', shell]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    for (const word of firsts) expect(stdout).toMatch(new RegExp(`[(| ]${word}[)| ;]`));
  }
});
