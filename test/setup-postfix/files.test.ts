import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/lib/errors.ts';
import { compareFiles } from '../../src/lib/setup/compare-files.ts';
import { fileDiff } from '../../src/lib/setup/file-diff.ts';
import { installFiles } from '../../src/lib/setup/install-files.ts';
import { operatorsFile, ourFile, type PlannedFile } from '../../src/lib/setup/planned-file.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const now = new Date('2026-11-20T12:48:57.123Z');

const secret: PlannedFile = { name: 'secret', text: 'password\n', access: 'owner', upkeep: 'ours' };
const program: PlannedFile = { name: 'run.sh', text: '#!/bin/sh\n', access: 'program', upkeep: 'ours' };
const files = [ourFile('main.cf', 'a = 1\nb = 2\n'), operatorsFile('aliases', '# none\n'), secret, program];

function statesIn(folder: string, planned: readonly PlannedFile[] = files): Record<string, string> {
  return Object.fromEntries(compareFiles(folder, planned).map(({ file, state }) => [file.name, state]));
}

function apply(folder: string, planned: readonly PlannedFile[] = files) {
  return installFiles(folder, compareFiles(folder, planned), now);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('planned files', () => {
  it('are new at first, written with their modes, and then all there', () => {
    const folder = join(temporaryDirectory(), 'deep', 'folder');
    expect(statesIn(folder)).toEqual({ 'main.cf': 'new', aliases: 'new', secret: 'new', 'run.sh': 'new' });
    expect(existsSync(folder)).toBe(false);
    const mask = process.umask(0o077);
    try {
      expect(apply(folder)).toEqual(files.map(({ name }) => ({ path: join(folder, name) })));
    } finally {
      process.umask(mask);
    }
    expect(readdirSync(folder).toSorted()).toEqual(['aliases', 'main.cf', 'run.sh', 'secret']);
    for (const { name, text } of files) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    expect(['main.cf', 'secret', 'run.sh'].map((name) => modeOf(join(folder, name)))).toEqual([0o644, 0o600, 0o755]);
    expect(statesIn(folder)).toEqual({
      'main.cf': 'unchanged',
      aliases: 'kept',
      secret: 'unchanged',
      'run.sh': 'unchanged',
    });
    expect(apply(folder)).toEqual([]);
  });

  it('are backed up when they change, and no backup is ever overwritten', () => {
    const folder = temporaryDirectory();
    apply(folder);
    const path = join(folder, 'main.cf');
    const texts = ['first\n', 'second\n', 'third\n'];
    const backups = texts.map((text) => {
      writeFileSync(path, text);
      const [installed, ...others] = apply(folder);
      expect(others).toEqual([]);
      return installed!.backup!;
    });
    expect(backups).toEqual([
      `${path}.20261120T124857Z.bak`,
      `${path}.20261120T124857Z.1.bak`,
      `${path}.20261120T124857Z.2.bak`,
    ]);
    expect(backups.map((backup) => readFileSync(backup, 'utf8'))).toEqual(texts);
  });

  it('that are secret have secret backups, also when others could read them', () => {
    const folder = temporaryDirectory();
    apply(folder);
    const path = join(folder, 'secret');
    writeFileSync(path, 'older\n');
    const [installed] = apply(folder);
    expect(modeOf(installed!.backup!)).toBe(0o600);
    chmodSync(path, 0o644);
    expect(statesIn(folder)['secret']).toBe('changed');
    const [mended] = apply(folder);
    expect([modeOf(path), modeOf(mended!.backup!)]).toEqual([0o600, 0o600]);
  });

  it('of the operator are never touched again, and foreign files never', () => {
    const folder = temporaryDirectory();
    apply(folder);
    writeFileSync(join(folder, 'aliases'), 'mine\n');
    writeFileSync(join(folder, 'foreign'), 'theirs\n');
    mkdirSync(join(folder, 'folder'));
    expect(apply(folder)).toEqual([]);
    expect(readFileSync(join(folder, 'aliases'), 'utf8')).toBe('mine\n');
    expect(readdirSync(folder).toSorted()).toEqual(['aliases', 'folder', 'foreign', 'main.cf', 'run.sh', 'secret']);
  });

  it('do not replace what is no plain file', () => {
    const folder = temporaryDirectory();
    symlinkSync('/etc/hostname', join(folder, 'main.cf'));
    expect(() => compareFiles(folder, files)).toThrow(/main\.cf is no plain file/);
    const other = temporaryDirectory();
    mkdirSync(join(other, 'secret'));
    expect(() => compareFiles(other, files)).toThrow(Fault);
  });

  it('leave everything as it was when one of them cannot be written', () => {
    const folder = temporaryDirectory();
    apply(folder);
    writeFileSync(join(folder, 'main.cf'), 'older\n');
    // The place for the unfinished text of a later file is taken.
    const changed = [...files.slice(0, 3), { ...program, text: '#!/bin/sh\n:\n' }];
    mkdirSync(join(folder, `.run.sh.${process.pid}.tmp`));
    const compared = compareFiles(folder, changed);
    expect(() => installFiles(folder, compared, now)).toThrow(/cannot be written/);
    expect(readFileSync(join(folder, 'main.cf'), 'utf8')).toBe('older\n');
    expect(readdirSync(folder).filter((name) => name.includes('main.cf'))).toEqual(['main.cf']);
  });

  it('are replaced whole: whoever has the old one open goes on reading it', () => {
    const folder = temporaryDirectory();
    apply(folder);
    const path = join(folder, 'main.cf');
    writeFileSync(path, 'older\n');
    const { ino } = statSync(path);
    apply(folder);
    expect(statSync(path).ino).not.toBe(ino);
  });
});

describe('the difference', () => {
  it('is shown as diff -u shows it', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'main.cf'), 'a = 1\nb = 3\n', { mode: 0o644 });
    const [main, aliases] = compareFiles(folder, files);
    expect(await fileDiff(main!)).toBe('--- a/main.cf\n+++ b/main.cf\n@@ -1,2 +1,2 @@\n a = 1\n-b = 3\n+b = 2\n');
    expect(await fileDiff(aliases!)).toBe('--- /dev/null\n+++ b/aliases\n@@ -0,0 +1,1 @@\n+# none\n');
  });

  it('is of the mode too', async () => {
    const folder = temporaryDirectory();
    apply(folder);
    chmodSync(join(folder, 'main.cf'), 0o666);
    expect(await fileDiff(compareFiles(folder, files)[0]!)).toMatch(/^old mode 0666\nnew mode 0644\n/);
  });

  it('is never shown of a secret', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'secret'), 'older\n');
    for (const compared of compareFiles(folder, files).filter(({ file }) => file.name === 'secret')) {
      expect(compared.state).toBe('changed');
      expect(await fileDiff(compared)).toBe('');
    }
  });
});
