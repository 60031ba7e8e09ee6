import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { User } from '../../../src/lib/hpfeeds/broker/user.ts';
import { openUsers, type UsersNotice } from '../../../src/lib/hpfeeds/broker/users/open-users.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

function file(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function open(sources: readonly string[], env: Record<string, string> = {}) {
  const notices: UsersNotice[] = [];
  const waiting: (() => void)[] = [];
  const users = openUsers(sources, {
    env,
    notify(notice) {
      notices.push(notice);
      for (const look of waiting.splice(0)) look();
    },
    times: { settleMs: 5, pollMs: 60_000 },
  });
  onTestFinished(() => users.close());
  const told = async (count: number) => {
    while (notices.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return notices;
  };
  return { users, notices, told };
}

function plain(user: User | undefined) {
  return user && { ...user, publishes: [...user.publishes], subscribes: [...user.subscribes] };
}

const writer = {
  ident: 'writer',
  secret: 's1',
  owner: 'me',
  publishes: ['spam.mails', 'b'],
  subscribes: [] as string[],
};
const reader = { ident: 'reader', secret: 's2', owner: 'me', publishes: [] as string[], subscribes: ['spam.mails'] };

const ofReference = JSON.stringify({
  writer: { owner: 'me', secret: 's1', pubchans: ['spam.mails', 'b'], subchans: [] },
  reader: { owner: 'me', secret: 's2', pubchans: [], subchans: ['spam.mails'] },
});

function sqlite(create: string, ...inserts: readonly string[]): string {
  const path = join(temporaryDirectory(), 'users.whatever');
  const database = new DatabaseSync(path);
  for (const statement of [create, ...inserts]) database.exec(statement);
  database.close();
  return path;
}

describe('users', () => {
  const noOwner = (user: typeof writer) => ({ ...user, owner: '' });
  it.each([
    ['the JSON of the reference', () => file('users.json', ofReference), [writer, reader]],
    [
      'the JSON of hpfeeds-rs',
      () =>
        file(
          'a.json',
          JSON.stringify({
            users: [
              { ident: 'writer', secret: 's1', pub_channels: ['spam.mails', 'b'], sub_channels: [] },
              { ident: 'reader', secret: 's2', pub_channels: [], sub_channels: ['spam.mails'] },
            ],
          }),
        ),
      [noOwner(writer), noOwner(reader)],
    ],
    [
      'the lines of tentacool',
      () => file('auth.txt', '# ident;secret;pub;sub\nwriter;s1;spam.mails,b;;\nreader;s2;;spam.mails;\n'),
      [noOwner(writer), noOwner(reader)],
    ],
    [
      'the first table of the reference',
      () =>
        sqlite(
          'create table authkeys (id integer primary key, owner text, ident text, secret text, pubchans text, subchans text)',
          `insert into authkeys values (1, 'me', 'writer', 's1', '["spam.mails", "b"]', '[]')`,
          `insert into authkeys values (2, 'me', 'reader', 's2', '', '["spam.mails"]')`,
        ),
      [writer, reader],
    ],
    [
      'its second table',
      () =>
        sqlite(
          'create table auth_keys (id integer primary key, identifier text, secret text, publish json, subscribe json)',
          `insert into auth_keys values (1, 'writer', 's1', '["spam.mails", "b"]', '[]')`,
          `insert into auth_keys values (2, 'reader', 's2', null, '["spam.mails"]')`,
        ),
      [noOwner(writer), noOwner(reader)],
    ],
  ])('are read from %s', (_, source, expected) => {
    const { users } = open([source()]);
    expect([users.find('writer'), users.find('reader')].map(plain)).toEqual(expected);
    expect([users.size, users.find('other')]).toEqual([2, undefined]);
  });

  it('are read from variables, whose names are in capitals; a list that is missing is empty', () => {
    const env = { HPFEEDS_WRITER_SECRET: 's1', HPFEEDS_WRITER_PUBCHANS: 'spam.mails, b', HPFEEDS_WRITER_OWNER: 'me' };
    const { users } = open(['env'], env);
    expect(plain(users.find('writer'))).toEqual(writer);
    expect(users.find('writer')?.publishes.has('')).toBe(false);
  });

  it('of the first source that knows them are those that count', () => {
    const second = file('two', 'writer;other;x;;\nthird;s3;;y;\n');
    const { users } = open([file('one', 'writer;s1;;;\n'), second]);
    expect([users.find('writer')?.secret, users.find('third')?.secret]).toEqual(['s1', 's3']);
  });

  it('that are wrong are all named at once, with their places and without their secrets', () => {
    const long = 'x'.repeat(256);
    const path = file(
      'users.json',
      `{\n"a": {"owner": "o", "secret": "hidden", "pubchans": "c", "subchans": []},\n"b": {"secret": "", "owner": "o", "pubchan": [], "pubchans": ["${long}"], "subchans": []},\n"c": "hidden"}`,
    );
    const fault = (() => {
      try {
        open([path]);
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    })();
    expect(fault.split('\n').map((line) => line.replace(path, 'F').slice(0, 75))).toEqual([
      'F:2:53: pubchans: is no list of channels; write ["spam.mails"], or []',
      'F:3:35: pubchan: is no key of a user; did you mean pubchans?',
      'F:3:6: the secret of "b" is empty: anybody could be it',
      'F:3:6: a channel of "b" is longer than 255 bytes: "xxxxxxxxxxxxxxxxxxxxxxxx',
      'F:4:6: a value is no object with a secret and channels',
    ]);
    expect(fault).not.toContain('hidden');
  });

  it.each([
    ['a line with too few fields', 'writer;secret\n', 'F:1: the line does not have four fields'],
    ['the same identity twice', 'a;s;;;\na;t;;;\n', 'F:2: the identity "a" is there twice'],
    ['half a JSON', '{"a": {"owner"', 'F:1'],
  ])('cannot be read from %s', (_, text, problem) => {
    const path = file('users', text);
    expect(() => open([path])).toThrow(problem.replace('F', path));
  });

  it('cannot be read from a file that is not there', () => {
    expect(() => open(['/nowhere/users.json'])).toThrow('The file of users /nowhere/users.json is not there.');
  });

  it('are told of when everybody can read their secrets', () => {
    const path = file('users.json', ofReference);
    chmodSync(path, 0o644);
    expect(open([path]).notices).toEqual([
      { kind: 'loaded', source: path, users: 2 },
      { kind: 'open to all', source: path },
    ]);
  });
});

describe('users that change', () => {
  it('are followed; a bad file leaves everything as it was and is told of once', async () => {
    const path = file('users.json', ofReference);
    const { users, told } = open([path]);
    await told(1);
    writeFileSync(path, ofReference.slice(0, 40));
    expect((await told(2))[1]).toMatchObject({ kind: 'refused', source: path });
    expect(users.find('writer')?.secret).toBe('s1');
    rmSync(path);
    expect((await told(3))[2]).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('not there') as string,
    });
    expect(users.find('reader')?.secret).toBe('s2');
    writeFileSync(path, ofReference.replace('s1', 's3'), { mode: 0o600 });
    await expect.poll(() => users.find('writer')?.secret).toBe('s3');
  });

  it('are followed when another file takes the place, and behind links as Kubernetes makes them', async () => {
    const folder = temporaryDirectory();
    const put = (name: string, text: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'users'), text, { mode: 0o600 });
      symlinkSync(name, join(folder, 'new'));
      renameSync(join(folder, 'new'), join(folder, 'data'));
    };
    put('one', 'writer;s1;;;\n');
    symlinkSync('data/users', join(folder, 'users'));
    const { users } = open([join(folder, 'users')]);
    put('two', 'writer;s2;;;\n');
    await expect.poll(() => users.find('writer')?.secret).toBe('s2');
  });

  it('in SQLite are followed', async () => {
    const create = 'create table authkeys (owner text, ident text, secret text, pubchans text, subchans text)';
    const path = sqlite(create, `insert into authkeys values ('', 'writer', 's1', '[]', '[]')`);
    const { users } = open([path]);
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    database.exec("pragma journal_mode = wal; update authkeys set secret = 's2'");
    await expect.poll(() => users.find('writer')?.secret).toBe('s2');
  });
});
