import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root } from './spamtrap.ts';

const project = mkdtempSync(join(tmpdir(), 'spamtrap-build-'));
afterAll(() => rmSync(project, { recursive: true }));

for (const name of ['package.json', 'tsconfig.json', 'scripts', 'src', 'bin']) {
  cpSync(join(root, name), join(project, name), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));

function build() {
  const { status, stderr } = spawnSync(process.execPath, [join(project, 'scripts', 'build.ts')], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const manifest = readFileSync(join(project, 'oclif.manifest.json'), 'utf8');
  return JSON.parse(manifest) as { commands: Record<string, { relativePath: string[] }> };
}

test('the manifest points at the bundle, and every worker lies where the bundle looks for it', () => {
  const { commands } = build();
  expect(commands['shell-init']!.relativePath).toEqual(['dist', 'commands', 'shell-init.js']);
  for (const { relativePath } of Object.values(commands)) expect(existsSync(join(project, ...relativePath))).toBe(true);
  expect(existsSync(join(project, 'dist', 'outputs-worker.js'))).toBe(true);
});

test('what an earlier build left goes, and what is not in dist stays', () => {
  const [old, other] = [join(project, 'dist', 'commands', 'old.js'), join(project, 'docs.txt')];
  mkdirSync(join(project, 'dist', 'commands'), { recursive: true });
  writeFileSync(old, 'throw new Error();');
  writeFileSync(other, '');
  expect(Object.keys(build().commands)).not.toContain('old');
  expect(existsSync(old)).toBe(false);
  expect(existsSync(other)).toBe(true);
});

test('a project without commands can be built', () => {
  rmSync(join(project, 'src', 'commands'), { recursive: true });
  rmSync(join(project, 'dist'), { recursive: true, force: true });
  expect(build().commands).toEqual({});
});
