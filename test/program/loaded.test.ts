import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { root, spamtrap } from './spamtrap.ts';

// Start-up time is not tested by the clock: what takes the time is what is loaded.

const folder = mkdtempSync(join(tmpdir(), 'spamtrap-loaded-'));
afterAll(() => rmSync(folder, { recursive: true }));
const recorder = fileURLToPath(new URL('record-loaded.ts', import.meta.url));

/** The project's own files that a call loads, in a new process. */
function loadedBy(args: readonly string[]): string[] {
  const record = join(folder, 'loaded');
  rmSync(record, { force: true });
  const { status } = spamtrap(args, { NODE_OPTIONS: `--import=${recorder}`, RECORD_LOADED: record });
  expect(status).toBe(0);
  const files = readFileSync(record, 'utf8').trim().split('\n');
  return files.filter((file) => file.startsWith(root) && file !== recorder).map((file) => file.slice(root.length));
}

const commandsAmong = (files: readonly string[]): string[] => files.filter((file) => file.startsWith('dist/commands/'));

test('--version loads nothing but the file that starts', () => {
  expect(loadedBy(['--version'])).toEqual(['bin/run.js']);
});

test.each([['--help'], ['journal --help'], ['shell-init --help'], ['']])('"%s" loads no command', (line) => {
  const files = loadedBy(line.split(' ').filter(Boolean));
  expect(files).toContain('dist/main.js');
  expect(commandsAmong(files)).toEqual([]);
});

test('a command loads itself and no other', () => {
  expect(commandsAmong(loadedBy(['shell-init', 'bash']))).toEqual(['dist/commands/shell-init.js']);
});

test('nothing comes from node_modules, and no terminal interface where none is shown', () => {
  const files = loadedBy(['shell-init', 'bash']);
  expect(files.filter((file) => file.startsWith('node_modules/'))).toEqual([]);
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  expect(text).not.toContain('react.element');
});
