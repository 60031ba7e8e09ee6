import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { indexLayout } from '../../src/lib/index/layout.ts';
import { indexState } from '../../src/lib/index/open-index.ts';
import { schemaVersion } from '../../src/lib/index/schema.ts';
import { journalLayout } from '../../src/lib/journal/layout.ts';
import { capturesOnDisk, keep, openJournal, someOrigin } from '../support/journals.ts';
import { sessionOf } from '../support/sessions.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { keeperOf, looking, search, updated, written, writtenRuns } from './scene.ts';

const idsIn = (dataDir: string, filter = '') => search(dataDir, filter).map(({ id }) => id);

/** Everything that the index says, but for numbers that are its own business. */
const everythingIn = (dataDir: string) => search(dataDir, '');

describe('the index', () => {
  it('has everything that the journal has, in its order, and goes on where it was', async () => {
    const dataDir = temporaryDirectory();
    const runs = new SpamRuns(1, 5);
    const first = await writtenRuns(dataDir, 500, runs);
    await updated(dataDir);
    expect(idsIn(dataDir)).toEqual(first.toSorted());
    const second = await writtenRuns(dataDir, 300, runs);
    await updated(dataDir);
    expect(idsIn(dataDir)).toEqual([...first, ...second].toSorted());
  });

  it('has sessions, evidence, and messages that lie in files of their own', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir, { settings: { spillAt: 1_000 } });
    await keep(journal, Buffer.from(`Subject: large\r\n\r\n${'x'.repeat(5_000)} http://far.example/`), someOrigin);
    await keep(journal, Buffer.from('Subject: dropped\r\n\r\n'), {
      ...someOrigin,
      rules: {
        revision: 'r',
        contentDropped: true,
        matches: [{ rule: 'drop', kind: 'spam', hook: 'message', because: 'x' }],
      },
    });
    journal.note(
      sessionOf({
        peer: { address: '203.0.113.9', port: 1 },
        scan: 'login',
        credentials: [{ mechanism: 'PLAIN', accepted: false, user: 'root', password: 'toor' }],
      }),
    );
    await journal.close();
    await updated(dataDir);
    expect(search(dataDir, 'url:far.example')).toMatchObject([{ subject: 'large' }]);
    expect(search(dataDir, 'rule:drop')).toMatchObject([{ kind: 'evidence' }]);
    expect(search(dataDir, 'credential:root')).toMatchObject([
      { kind: 'session', logins: ['root / toor'], scan: 'login' },
    ]);
  });

  it('says the same when it is made anew, and can be read until then', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 400, new SpamRuns(2, 6));
    await updated(dataDir);
    const before = everythingIn(dataDir);
    const keeper = keeperOf(dataDir, { tell: () => expect(everythingIn(dataDir)).toEqual(before) });
    await keeper.rebuild();
    await keeper.close();
    expect(everythingIn(dataDir)).toEqual(before);
  });

  it('keeps what the journal no longer has, also when it is made anew', async () => {
    const dataDir = temporaryDirectory();
    const runs = new SpamRuns(3, 3);
    const gone = await writtenRuns(dataDir, 100, runs);
    await updated(dataDir);
    const before = everythingIn(dataDir);
    // As if its time had run out, and the next had begun.
    const layout = journalLayout(dataDir);
    rmSync(layout.segment(1));
    const rest = await writtenRuns(dataDir, 50, runs);
    await updated(dataDir);
    expect(idsIn(dataDir)).toEqual([...gone, ...rest].toSorted());
    const keeper = keeperOf(dataDir);
    expect(await keeper.rebuild()).toEqual({ carriedOver: gone.length });
    await keeper.close();
    expect(idsIn(dataDir)).toEqual([...gone, ...rest].toSorted());
    expect(everythingIn(dataDir).slice(0, gone.length)).toEqual(before);
  });

  it('lets go of what is too old, and of the oldest when it is too large', async () => {
    const dataDir = temporaryDirectory();
    const day = 864e5;
    const now = Date.now();
    const old = await written(dataDir, [{ text: 'Subject: old\n\nlong ago' }], { now: () => now - 10 * day });
    const late = await written(dataDir, [{ text: 'Subject: new\n\nnow' }]);
    await updated(dataDir);
    expect(idsIn(dataDir)).toEqual([...old, ...late]);
    const more = await written(dataDir, [{ text: 'Subject: newest\n\nnow' }]);
    // It is asked now and then.
    await updated(dataDir, { keeping: { maxAge: 5 * day, maxSize: 2 ** 32 } });
    expect(idsIn(dataDir)).toEqual([...old, ...late, ...more]);
    await writtenRuns(dataDir, 1, new SpamRuns(7, 1));
    await updated(dataDir, { keeping: { maxAge: 5 * day, maxSize: 2 ** 32 }, now: () => now + day });
    expect(idsIn(dataDir).slice(0, 2)).toEqual([...late, ...more]);
    expect(idsIn(dataDir, 'subject:old')).toEqual([]);
    await writtenRuns(dataDir, 100, new SpamRuns(1, 2));
    await updated(dataDir, { keeping: { maxAge: 365 * day, maxSize: 1 } });
    expect(idsIn(dataDir).length).toBeLessThan(100);
    expect(idsIn(dataDir)).not.toContain(late[0]);
  });

  it('knows again what it had let go of, when it comes again', async () => {
    const dataDir = temporaryDirectory();
    const day = 864e5;
    const now = Date.now();
    const keeping = { maxAge: 5 * day, maxSize: 2 ** 32 };
    const letter = { text: 'Subject: the same again\n\nwith the same words as ever and as before and as always\n' };
    await written(dataDir, [letter], { now: () => now - 4 * day });
    let clock = now;
    const keeper = keeperOf(dataDir, { keeping, now: () => clock });
    await keeper.catchUp();
    await written(dataDir, [{ text: 'Subject: between\n\nx' }]);
    clock = now + 2 * day;
    await keeper.catchUp();
    expect(idsIn(dataDir, 'subject:"same again"')).toEqual([]);
    const again = await written(dataDir, [letter]);
    await keeper.catchUp();
    await keeper.close();
    expect(idsIn(dataDir, 'subject:"same again"')).toEqual(again);
    expect(search(dataDir, 'subject:"same again"')[0]!.campaign).toMatch(/^c-/);
  });

  it('stays as it was when making it anew is broken off', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 1_000, new SpamRuns(2, 6));
    await updated(dataDir);
    const before = everythingIn(dataDir);
    const stop = new AbortController();
    const keeper = keeperOf(dataDir, { signal: stop.signal, tell: () => stop.abort() });
    await keeper.rebuild();
    await keeper.close();
    expect(everythingIn(dataDir)).toEqual(before);
    expect(existsSync(`${indexLayout(dataDir).database}.new`)).toBe(false);
  });

  it('is kept by one at a time', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 1, new SpamRuns(1, 1));
    const keeper = keeperOf(dataDir);
    expect(() => keeperOf(dataDir)).toThrow('somebody else');
    await keeper.close();
    await keeperOf(dataDir).close();
  });
});

describe('an index that is no good', () => {
  async function made(): Promise<{ dataDir: string; ids: readonly string[]; database: string }> {
    const dataDir = temporaryDirectory();
    const ids = await writtenRuns(dataDir, 200, new SpamRuns(4, 4));
    await updated(dataDir);
    return { dataDir, ids, database: indexLayout(dataDir).database };
  }

  it.each<[string, (database: string) => void]>([
    ['deleted', (database) => rmSync(database)],
    ['another file', (database) => writeFileSync(database, 'something else that is no database at all')],
    ['empty', (database) => truncateSync(database, 0)],
    ['cut', (database) => truncateSync(database, Math.floor(statSync(database).size / 2 / 4096) * 4096)],
    ['without a column that there should be', (database) => execute(database, 'ALTER TABLE progress DROP COLUMN mark')],
    ['of an older version', (database) => setVersion(database, schemaVersion - 1)],
  ])('is made anew: %s', async (_, spoil) => {
    const { dataDir, ids, database } = await made();
    spoil(database);
    await updated(dataDir);
    await writtenRuns(dataDir, 1, new SpamRuns(4, 4));
    await updated(dataDir);
    expect(idsIn(dataDir)).toHaveLength(ids.length + 1);
    expect(capturesOnDisk(dataDir)).toHaveLength(ids.length + 1);
  });

  it('is made anew when its pages are overwritten', async () => {
    const { dataDir, ids, database } = await made();
    const bytes = readFileSync(database);
    bytes.fill(0xa5, 4096, bytes.length);
    writeFileSync(database, bytes);
    await writtenRuns(dataDir, 1, new SpamRuns(4, 4));
    await updated(dataDir);
    expect(idsIn(dataDir)).toHaveLength(ids.length + 1);
  });

  it('is left alone when a newer program made it', async () => {
    const { dataDir, database } = await made();
    setVersion(database, schemaVersion + 1);
    const keeper = keeperOf(dataDir);
    await expect(keeper.catchUp()).rejects.toMatchObject({ code: 'index.newer' });
    await keeper.close();
    expect(indexState(indexLayout(dataDir))).toBe('newer');
  });

  it('is made anew when somebody deletes it while it is kept', async () => {
    const { dataDir, ids, database } = await made();
    const keeper = keeperOf(dataDir);
    await keeper.catchUp();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
    await keeper.catchUp();
    expect(existsSync(database)).toBe(true);
    expect(idsIn(dataDir)).toHaveLength(ids.length);
    await keeper.close();
  });

  it('is waited for when somebody else writes to it, and the fault says so when that does not end', async () => {
    const { dataDir, database } = await made();
    const other = new DatabaseSync(database);
    other.exec('BEGIN IMMEDIATE');
    await writtenRuns(dataDir, 5, new SpamRuns(4, 4));
    const keeper = keeperOf(dataDir);
    const catching = keeper.catchUp();
    await expect(catching).rejects.toThrow(/locked/);
    other.exec('ROLLBACK');
    other.close();
    await keeper.catchUp();
    await keeper.close();
    expect(idsIn(dataDir)).toHaveLength(205);
  });

  it('begins again where the journal is another one than it was', async () => {
    const { dataDir } = await made();
    rmSync(journalLayout(dataDir).root, { recursive: true });
    const ids = await writtenRuns(dataDir, 3, new SpamRuns(9, 1));
    await updated(dataDir);
    expect(idsIn(dataDir)).toEqual(expect.arrayContaining([...ids]));
  });
});

it('knows how far it has come only together with what it has', async () => {
  const dataDir = temporaryDirectory();
  await writtenRuns(dataDir, 50, new SpamRuns(1, 2));
  await updated(dataDir);
  const counted = looking(dataDir, (_, database) => {
    const entries = database.prepare('SELECT count(*) AS n FROM entries').get()!['n'];
    return [entries, database.prepare('SELECT entries AS n FROM progress').get()!['n']];
  });
  expect(counted).toEqual([50, 50]);
});

function setVersion(database: string, version: number): void {
  execute(database, `PRAGMA user_version = ${version}`);
}

function execute(database: string, sql: string): void {
  const connection = new DatabaseSync(database);
  connection.exec(sql);
  connection.close();
}
