import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { peer } from '../support/peers.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { spamtrap } from './spamtrap.ts';

const longAgo = new Date('2020-02-02T02:02:02Z');

function folderAt(path: string): string {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true });
  return path;
}

function put(folder: string, part: 'new' | 'cur', name: string, content: string): void {
  const path = join(folder, part, name);
  writeFileSync(path, content);
  utimesSync(path, longAgo, longAgo);
}

function places() {
  const root = temporaryDirectory();
  const source = folderAt(join(root, 'source'));
  put(source, 'new', '1.a.host', 'Subject: new\n\n');
  put(source, 'cur', '2.b.host,S=14:2,FRS', 'Subject: seen\n\n');
  put(source, 'cur', '3.c.host:2,Sa', 'Subject: keyword\n\n');
  writeFileSync(join(source, 'dovecot-keywords'), '0 $Trap\n');
  writeFileSync(join(source, 'subscriptions'), 'V\t2\n\nJunk\n');
  put(folderAt(join(source, '.Junk')), 'cur', '4.d.host:2,', 'Subject: junk\n\n');
  put(folderAt(join(source, '.Lists.one')), 'new', '5.e.host', 'Subject: list\n\n');
  return { root, source, target: join(root, 'target') };
}

const tree = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(root, name)).isFile())
    .sort();

describe('a maildir that moves', () => {
  it('has its folders, flags and times where it comes to', () => {
    const { source, target } = places();
    const { status, stdout } = spamtrap(['mail', 'migrate', source, target]);
    expect(status).toBe(0);
    expect(stdout).toContain('INBOX: 3 of 3, 3 copied');
    expect(tree(target)).toEqual([
      '.Junk/cur/4.d.host:2,',
      '.Junk/maildirfolder',
      '.Lists.one/maildirfolder',
      '.Lists.one/new/5.e.host',
      'cur/2.b.host,S=14:2,FRS',
      'cur/3.c.host:2,Sa',
      'dovecot-keywords',
      'new/1.a.host',
      'subscriptions',
    ]);
    const copy = join(target, 'cur/2.b.host,S=14:2,FRS');
    expect(readFileSync(copy, 'utf8')).toBe('Subject: seen\n\n');
    expect(statSync(copy).mtime).toEqual(longAgo);
    expect(readFileSync(join(target, 'subscriptions'), 'utf8')).toBe('Junk\n');
    expect(tree(source)).toHaveLength(7);
  });

  it('comes once, however often it is begun, and whatever its messages are called there', () => {
    const { source, target } = places();
    spamtrap(['mail', 'migrate', source, target]);
    renameSync(join(target, 'new/1.a.host'), join(target, 'cur/9.z.host:2,S'));
    put(source, 'new', '6.f.host', 'Subject: later\n\n');
    const records = spamtrap(['mail', 'migrate', source, target, '--json']).stdout.trim().split('\n');
    expect(JSON.parse(records[0]!)).toMatchObject({ folder: 'INBOX', found: 4, copied: 1, present: 3 });
    expect(readdirSync(join(target, 'new'))).toEqual(['6.f.host']);
  });

  it('is only counted in a dry run', () => {
    const { source, target } = places();
    const { stdout } = spamtrap(['mail', 'migrate', source, target, '--dry-run']);
    expect(stdout).toContain('3 to copy');
    expect(existsSync(target)).toBe(false);
  });

  it('keeps a message beside one of the same name, and drops keywords that would mean something else', () => {
    const { source, target } = places();
    folderAt(target);
    put(target, 'cur', '3.c.host:2,', 'Subject: another\n\n');
    writeFileSync(join(target, 'dovecot-keywords'), '0 $Other\n');
    spamtrap(['mail', 'migrate', source, target]);
    expect(readFileSync(join(target, 'cur/3.c.host:2,'), 'utf8')).toContain('another');
    expect(readFileSync(join(target, 'cur/3.c.host.1:2,S'), 'utf8')).toContain('keyword');
  });

  it.runIf(process.getuid?.() === 0)('belongs to the owner of where it comes to', () => {
    const { source, target } = places();
    folderAt(target);
    chownSync(target, 8, 8);
    spamtrap(['mail', 'migrate', source, target]);
    expect(statSync(join(target, 'new/1.a.host')).uid).toBe(8);
    expect(statSync(join(target, '.Junk')).uid).toBe(8);
    expect(statSync(join(target, '.Junk/cur/4.d.host:2,')).gid).toBe(8);
  });

  it.runIf(process.getuid?.() === 0)('can be reached by the owner of the folder in which it is made', () => {
    const { root, source } = places();
    const server = join(root, 'server');
    mkdirSync(server);
    chownSync(server, 8, 8);
    spamtrap(['mail', 'migrate', source, join(server, 'example.org/eve/mail')]);
    for (const name of [
      'example.org',
      'example.org/eve',
      'example.org/eve/mail',
      'example.org/eve/mail/new/1.a.host',
    ]) {
      expect(statSync(join(server, name)).uid, name).toBe(8);
    }
  });
});

peer('strace')('a maildir that moves', () => {
  it('is whole after it was killed and begun again', () => {
    const { root, source, target } = places();
    for (let index = 0; index < 3_000; index++)
      put(source, 'cur', `${index}.k.host:2,S`, `Subject: ${index}\n\n${'x'.repeat(500)}\n`);
    for (const message of [300, 700, 1_100]) {
      const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=rename:signal=KILL:when=${message}`];
      const { signal } = spawnSync('strace', [...inject, spamtrap.program, 'mail', 'migrate', source, target]);
      expect(signal).toBe('SIGKILL');
    }
    expect(spamtrap(['mail', 'migrate', source, target])).toMatchObject({ status: 0 });
    expect(readdirSync(join(target, 'cur')).sort()).toEqual(readdirSync(join(source, 'cur')).sort());
    const broken = readdirSync(join(target, 'cur')).filter(
      (name) => !readFileSync(join(target, 'cur', name)).equals(readFileSync(join(source, 'cur', name))),
    );
    expect(broken).toEqual([]);
    rmSync(root, { recursive: true });
  });
});

describe('a move', () => {
  it.each([
    ['nowhere', 'target', 'is no maildir'],
    ['source', 'source', 'are the same'],
    ['source', 'source/.Junk', 'within the other'],
    ['source', 'other', 'is not empty, and no maildir'],
  ])('from %s to %s is refused', (from, to, complaint) => {
    const { root } = places();
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other/file'), '');
    const { status, stderr } = spamtrap(['mail', 'migrate', join(root, from), join(root, to)]);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
  });
});
