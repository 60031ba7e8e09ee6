import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Follower, type Found } from '../../src/lib/intake/maildir/follower.ts';
import { openMessage } from '../../src/lib/intake/maildir/open-message.ts';
import { Seen } from '../../src/lib/intake/maildir/seen.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { letter, Mail } from './mail.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Options {
  readonly from?: 'start' | 'now';
  readonly told?: 'not at all';
  readonly state?: string;
  readonly take?: (found: Found) => Promise<'taken' | 'left' | 'gone'>;
}

function follow(mail: Mail, { from = 'now', told, state, take }: Options = {}) {
  const path = state ?? join(temporaryDirectory(), 'seen.db');
  const seen = new Seen(path);
  const stop = new AbortController();
  const found: Found[] = [];
  const opened: string[] = [];
  const failed: string[] = [];
  let changed = Promise.withResolvers<void>();
  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const follower = new Follower({
    root: mail.root,
    seen,
    from,
    poll: told ? 100 : 60_000,
    atOnce: 8,
    isOwn: async () => false,
    now: Date.now,
    async take(one) {
      const became = (await take?.(one)) ?? 'taken';
      if (became === 'taken') found.push(one);
      tell();
      return became;
    },
    opened: (folders, how) => {
      opened.push(`${folders} ${how}`);
      tell();
    },
    failed: (detail) => {
      failed.push(detail);
      tell();
    },
    ...(told && {
      watch: () => {
        throw new Error('no watches left');
      },
    }),
  });
  const running = follower.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
    seen.close();
  };
  ends.push(end);
  const until = async (fits: () => boolean) => {
    while (!fits()) await changed.promise;
  };
  return {
    path,
    found,
    opened,
    failed,
    until,
    isReady: () => until(() => opened.length > 0),
    names: async (count: number) => {
      await until(() => found.length >= count);
      return found.map(({ name }) => name);
    },
    async end() {
      ends.splice(ends.indexOf(end), 1);
      await end();
    },
  };
}

describe.each([
  ['told by the system', {}],
  ['looking for itself', { told: 'not at all' }],
] as const)('a maildir that is followed, %s', (_, how) => {
  it('begins with what comes from now on', async () => {
    const mail = new Mail();
    mail.deliver(letter('before'));
    const { isReady, names } = follow(mail, how);
    await isReady();
    const name = mail.deliver(letter('after'));
    expect(await names(1)).toEqual([name]);
  });

  it('begins with what is there when it is told to', async () => {
    const mail = new Mail();
    const [read, fresh] = [mail.deliver(letter('read')), mail.deliver(letter('fresh'))];
    mail.read(read);
    const { names } = follow(mail, { ...how, from: 'start' });
    expect((await names(2)).sort()).toEqual([`${read}:2,S`, fresh].sort());
  });

  it('takes a message once, however it is marked and moved', async () => {
    const mail = new Mail();
    mail.makeFolder('.Junk');
    const { isReady, names, found } = follow(mail, how);
    await isReady();
    const name = mail.deliver(letter('one'));
    await names(1);
    mail.read(name);
    renameSync(join(mail.root, 'cur', `${name}:2,S`), join(mail.root, '.Junk', 'cur', `${name}:2,FS`));
    const other = mail.deliver(letter('two'));
    await names(2);
    expect(found.map(({ unique }) => unique)).toEqual([name, other]);
  });

  it('finds folders that appear, in either way of having them, with what is in them', async () => {
    const mail = new Mail();
    const { isReady, names, found } = follow(mail, how);
    await isReady();
    mail.makeFolder('.Later');
    const one = mail.deliver(letter('one'), '.Later');
    expect(await names(1)).toEqual([one]);
    mail.makeFolder('sub/deeper');
    const two = mail.deliver(letter('two'), 'sub/deeper');
    expect(await names(2)).toEqual([one, two]);
    const three = mail.deliver(letter('three'), '.Later');
    await names(3);
    expect(found.map(({ folder, name }) => [folder, name])).toEqual([
      ['.Later', one],
      ['sub/deeper', two],
      ['.Later', three],
    ]);
  });

  it('loses none of thousands that come at once', async () => {
    const mail = new Mail();
    const { isReady, names } = follow(mail, how);
    await isReady();
    const delivered = Array.from({ length: 5_000 }, (_, index) => mail.deliver(letter(String(index))));
    expect((await names(5_000)).sort()).toEqual(delivered.sort());
  });
});

describe('a follower', () => {
  it('goes on where it ended', async () => {
    const mail = new Mail();
    const first = follow(mail);
    await first.isReady();
    const seen = mail.deliver(letter('seen'));
    await first.names(1);
    mail.read(seen);
    await first.end();
    const meanwhile = mail.deliver(letter('meanwhile'));
    const second = follow(mail, { state: first.path });
    expect(await second.names(1)).toEqual([meanwhile]);
  });

  it('misses nothing that comes while it looks at what is there', async () => {
    const mail = new Mail();
    for (let index = 0; index < 3_000; index++) mail.deliver(letter(String(index)));
    const { isReady, until, found } = follow(mail);
    const delivered: string[] = [];
    const ready = isReady();
    const turn = () => new Promise<'not yet'>((resolve) => setImmediate(() => resolve('not yet')));
    do delivered.push(mail.deliver(letter('in between')));
    while ((await Promise.race([ready, turn()])) === 'not yet');
    delivered.push(mail.deliver(letter('the last')));
    await until(() => found.some(({ name }) => name === delivered.at(-1)));
    const got = new Set(found.map(({ name }) => name));
    // Those of the very beginning may have been there before it looked.
    const missed = delivered.filter((name) => !got.has(name));
    expect(missed).toEqual(delivered.slice(0, missed.length));
    expect(missed.length).toBeLessThan(delivered.length);
  });

  it('tries again what cannot be taken now, and goes on', async () => {
    const mail = new Mail();
    let refusals = 2;
    const { until, failed, found } = follow(mail, {
      from: 'start',
      take: async () => {
        if (refusals-- > 0) throw new Error('the disk is full');
        return 'taken';
      },
    });
    const name = mail.deliver(letter('wanted'));
    await until(() => found.length === 1);
    expect(failed).toContain('the disk is full');
    expect(found[0]!.name).toBe(name);
  }, 60_000);

  it('takes what came while it looked at what was there, also when that fails at first', async () => {
    const mail = new Mail();
    const name = mail.deliver(letter('was there'));
    mail.read(name);
    let refusals = 1;
    const { isReady, until, found } = follow(mail, {
      take: async () => {
        if (refusals-- > 0) throw new Error('the disk is full');
        return 'taken';
      },
    });
    await isReady();
    renameSync(join(mail.root, 'cur', `${name}:2,S`), join(mail.root, 'new', name));
    await until(() => found.length === 1);
    expect(refusals).toBeLessThan(1);
  }, 60_000);

  it('does not look at what is no message', async () => {
    const mail = new Mail();
    writeFileSync(join(mail.root, 'new', '.nfs0001'), 'x');
    writeFileSync(join(mail.root, 'tmp', 'half'), 'x');
    const { names } = follow(mail, { from: 'start' });
    const name = mail.deliver(letter('real'));
    expect(await names(1)).toEqual([name]);
  });

  it('changes nothing in what it follows', async () => {
    const mail = new Mail();
    const name = mail.deliver(letter('untouched'));
    const before = statSync(join(mail.root, 'new', name));
    const { names } = follow(mail, { from: 'start' });
    await names(1);
    const after = statSync(join(mail.root, 'new', name));
    expect([after.mtimeMs, after.ino, after.mode]).toEqual([before.mtimeMs, before.ino, before.mode]);
    const opened = await openMessage(join(mail.root, 'new', name), 1_000);
    if (opened.is === 'open') {
      await opened.file.readFile();
      await opened.file.close();
    }
    expect(statSync(join(mail.root, 'new', name)).atimeMs).toBe(before.atimeMs);
    expect(readdirSync(mail.root).sort()).toEqual(['cur', 'new', 'tmp']);
  });
});

describe('what lies in a maildir and is no message', () => {
  it('is left, and nobody waits for it', async () => {
    const folder = temporaryDirectory();
    const place = (name: string) => join(folder, name);
    writeFileSync(place('message'), 'x');
    writeFileSync(place('large'), 'x'.repeat(2_000));
    symlinkSync(place('message'), place('link'));
    execFileSync('mkfifo', [place('pipe')]);
    mkdirSync(place('folder'));
    const why = async (name: string) => {
      const opened = await openMessage(place(name), 1_000);
      if (opened.is === 'open') await opened.file.close();
      return opened.is === 'none' ? opened.why : opened.is;
    };
    expect(await why('message')).toBe('open');
    expect(await why('missing')).toBe('gone');
    expect(await why('large')).toBe('it has 2 KiB, and 1000 B is the most');
    expect(await why('link')).toBe('it is a link, and links are not followed');
    expect(await why('pipe')).toBe('it is no file');
    expect(await why('folder')).toBe('it is no file');
    if (process.getuid?.() !== 0) {
      chmodSync(place('message'), 0);
      expect(await why('message')).toBe('it may not be read');
    }
  });
});
