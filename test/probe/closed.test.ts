import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../src/lib/text/time.ts';
import { deskLayout } from '../../src/lib/probe/desk/layout.ts';
import { recreateBudget } from '../../src/lib/probe/recreate-budget.ts';
import {
  courierFor,
  eventsOf,
  firstOnly,
  never,
  newIdentity,
  noon,
  openDesk,
  probeOf,
  RelayBook,
  type OpenedDesk,
} from '../support/probes.ts';
import { canMount, fillUp, smallDisk } from '../support/small-disk.ts';
import { memoryDirectory } from '../support/temporary.ts';

const limits = { perDay: 3, perRecipient: 3 };
const day = 864e5;

/** A desk on which two of three sends are used and more wants to go out. */
async function usedDesk(dataDir = memoryDirectory()) {
  const opened = openDesk(dataDir, { limits });
  opened.desk.takeUp('live');
  const book = new RelayBook();
  opened.desk.hold([probeOf({ to: ['a@example.net'] }), probeOf({ to: ['b@example.net'] })], 'live');
  await courierFor(opened, book.relay).sendApproved(never);
  opened.desk.hold(
    Array.from({ length: 3 }, (_, index) => probeOf({ to: [`late${index}@example.net`] })),
    'live',
  );
  return { ...opened, dataDir, book, layout: deskLayout(dataDir) };
}

async function expectClosed(dataDir: string, words: string) {
  const opened = openDesk(dataDir, { limits });
  const book = new RelayBook();
  await courierFor(opened, book.relay).run(never);
  expect(book.jobs).toEqual([]);
  const [told, ...more] = eventsOf(opened.events, 'desk.closed');
  expect(more).toEqual([]);
  expect(told?.detail).toContain(words);
  const { fix } = opened.desk.closed!;
  expect(told?.detail).toContain(fix);
  for (const use of [
    () => opened.desk.list(),
    () => opened.desk.hold([probeOf()], 'live'),
    () => opened.desk.budgetState(),
    () => opened.desk.version(),
  ]) {
    expect(use).toThrow(expect.objectContaining({ name: 'Fault', code: 'desk.closed', fix }));
  }
  expect(opened.desk.isSound()).toBe(false);
}

describe('the desk is closed, and nothing is sent,', () => {
  const damages: readonly [what: string, words: string, damage: (database: string) => void][] = [
    ['is cut to nothing', 'not the desk of a spamtrap', (path) => truncateSync(path, 0)],
    ['is cut in the middle', 'desk.db', (path) => truncateSync(path, 4096 * 3)],
    ['has gone missing', 'gone missing', (path) => rmSync(path)],
    ['is something else', 'not a database', (path) => writeFileSync(path, 'x'.repeat(8192))],
    ['is a folder', 'no file', (path) => (rmSync(path), mkdirSync(path))],
    ['is another database', 'not the desk of a spamtrap', (path) => (rmSync(path), anotherDatabase(path))],
    ['is from the future', 'format 2', (path) => change(path, 'PRAGMA user_version = 2')],
    ['has lost an attempt', 'missing from the budget', (path) => change(path, 'DELETE FROM attempts WHERE number = 1')],
    ['has lost its books', 'damaged', (path) => change(path, 'DELETE FROM desk')],
    ['has other books', 'damaged', (path) => change(path, 'UPDATE desk SET nextAttempt = 1')],
    ['has no attempts any more', 'attempts', (path) => change(path, 'DROP TABLE attempts')],
    [
      'has an attempt that was moved to another day',
      'attempts in the budget are damaged',
      (path) => change(path, `UPDATE attempts SET record = replace(record, '${noon}', '${noon - 2 * day}')`),
    ],
    [
      'has a probe with another recipient',
      'is damaged',
      (path) => change(path, `UPDATE probes SET record = replace(record, 'late0@', 'other@')`),
    ],
  ];

  it.each(damages)('where the database %s', async (_, words, damage) => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    damage(layout.database);
    await expectClosed(dataDir, words);
  });

  // A format of tomorrow is only looked for at the start: all that is known is unchanged.
  const whileInUse = damages.filter(([what]) => what !== 'is from the future');

  it.each(whileInUse)('also where it is in use when it %s', async (_what, _words, damage) => {
    const opened = await usedDesk();
    damage(opened.layout.database);
    await courierFor(opened, opened.book.relay).run(never);
    expect(opened.book.jobs).toHaveLength(2);
    expect(eventsOf(opened.events, 'desk.closed')).toHaveLength(1);
  });

  it('where a part of the database is damaged that nothing has to read', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    const bytes = readFileSync(layout.database);
    const page = rootPage(layout.database, 'storyByProbe');
    bytes.fill(0xff, (page - 1) * 4096, page * 4096);
    writeFileSync(layout.database, bytes);
    expect(openDesk(dataDir).desk.closed?.problem).toContain('desk.db');
    await expectClosed(dataDir, 'desk.db');
  });

  it('where another desk was put in its place', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    const other = memoryDirectory();
    openDesk(other).desk.close();
    cpSync(deskLayout(other).database, layout.database);
    await expectClosed(dataDir, 'is not the budget that');
  });

  it('where what names the budget cannot be read', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    writeFileSync(layout.marker, 'nonsense');
    await expectClosed(dataDir, 'does not say which budget');
    rmSync(layout.marker);
    mkdirSync(layout.marker);
    await expectClosed(dataDir, 'cannot be read');
  });

  it('where the folder of the desk has gone missing', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    rmSync(layout.directory, { recursive: true });
    await expectClosed(dataDir, 'gone missing');
    expect(existsSync(layout.directory), 'nothing is made in its place').toBe(false);
  });

  it('from one step to the next', async () => {
    for (const use of ['reserve', 'hold', 'list'] as const) {
      const { desk, layout } = await usedDesk();
      const { id } = desk.next()!;
      rmSync(layout.database);
      const uses = {
        reserve: () => desk.reserve(id, { mode: 'live', policy: firstOnly }),
        hold: () => desk.hold([probeOf()], 'live'),
        list: () => desk.list(),
      };
      expect(uses[use], use).toThrow(expect.objectContaining({ code: 'desk.closed' }));
    }
  });

  it('while a probe is under way', async () => {
    const opened = await usedDesk();
    const courier = courierFor(opened, opened.book.relay, { announce: async () => rmSync(opened.layout.database) });
    await courier.run(never);
    expect(opened.book.jobs).toHaveLength(2);
    expect(eventsOf(opened.events, 'desk.closed')).toHaveLength(1);
  });

  it.runIf(canMount)('where it cannot be written', async () => {
    const dataDir = join(smallDisk(8), 'data');
    const { desk } = await usedDesk(dataDir);
    desk.close();
    remount(join(dataDir, '..'), 'ro');
    await expectClosed(dataDir, 'Let the user that runs spamtrap write');
  });

  it.runIf(canMount)('where the disk is full, until there is room again', async () => {
    const dataDir = join(smallDisk(8), 'data');
    const opened = await usedDesk(dataDir);
    const { giveBack } = fillUp(join(dataDir, '..'));
    await courierFor(opened, opened.book.relay).run(never);
    expect(opened.book.jobs).toHaveLength(2);
    expect(eventsOf(opened.events, 'desk.closed')).toMatchObject([
      { detail: expect.stringContaining('Make room on the disk') as string },
    ]);
    giveBack();
    const again = openDesk(dataDir, { limits });
    await courierFor(again, opened.book.relay).sendApproved(never);
    expect(opened.book.jobs).toHaveLength(3);
  });

  it('never sends more than the limit, whichever bytes are changed', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    const whole = readFileSync(layout.database);
    const nowhere = memoryDirectory();
    let closed = 0;
    let sound = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
        async (flips) => {
          const copy = join(nowhere, 'copy');
          rmSync(copy, { recursive: true, force: true });
          cpSync(dataDir, copy, { recursive: true });
          const bytes = Buffer.from(whole);
          for (const [at, mask] of flips) bytes[at]! ^= mask;
          writeFileSync(deskLayout(copy).database, bytes);
          const opened = openDesk(copy, { limits });
          const book = new RelayBook();
          const outcome = await takeUpAndSend(opened, book).catch((error: unknown) => error);
          if (outcome !== undefined) expect(outcome).toMatchObject({ name: 'Fault', code: 'desk.closed' });
          opened.desk.close();
          expect(book.jobs.length).toBeLessThanOrEqual(1);
          for (const { to } of book.jobs) expect(to[0]).toMatch(/^late[0-2]@example\.net$/);
          if (eventsOf(opened.events, 'desk.closed').length > 0) closed++;
          else sound++;
        },
      ),
      { numRuns: 150 },
    );
    // Both ends were really seen: there is free space in the file, and there is what matters.
    expect(Math.min(closed, sound)).toBeGreaterThan(0);
  });
});

describe('a budget that is made anew', () => {
  const recreate = (dataDir: string, now = noon) => recreateBudget(dataDir, { now, newIdentity, by: 'alice' });

  it('sets aside what was there, and counts as spent for a day', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    const damaged = Buffer.concat([readFileSync(layout.database).subarray(0, 5_000), Buffer.alloc(100, 1)]);
    writeFileSync(layout.database, damaged);
    const files = readdirSync(layout.directory).toSorted();
    const { movedTo, spentUntil } = recreate(dataDir);
    expect(readFileSync(join(movedTo!, 'desk.db'))).toEqual(damaged);
    expect(readdirSync(movedTo!).toSorted()).toEqual(files);
    expect(spentUntil).toBe(isoTime(noon + day));

    const again = openDesk(dataDir, { limits, clock: { now: noon } });
    expect(again.desk.closed).toBeUndefined();
    expect(statSync(layout.database).mode & 0o777).toBe(0o600);
    expect(again.desk.budgetState()).toMatchObject({ spentUntil, limits: [{ limit: 'perDay', left: 0 }] });
    again.desk.takeUp('review');
    const capture = probeOf({ receivedAt: isoTime(noon) });
    again.desk.hold([capture], 'review');
    const book = new RelayBook();
    for (const [now, sent] of [
      [noon, 0],
      [noon - 10 * day, 0],
      [noon + day - 1, 0],
      [noon + day, 1],
    ] as const) {
      again.clock.now = now;
      again.desk.approve(capture.facts.id, 'alice');
      const sending = { mode: 'review', policy: firstOnly } as const;
      await courierFor(again, book.relay, { sending }).sendApproved(never);
      expect(book.jobs, isoTime(now)).toHaveLength(sent);
    }
    expect(again.desk.ownStory()[0]).toMatchObject({ what: 'desk created', why: `made anew by alice; ${movedTo}` });
  });

  it('does the same where everything has gone missing, and when it is done again', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    rmSync(layout.directory, { recursive: true });
    expect(recreate(dataDir).movedTo).toBeUndefined();
    expect(openDesk(dataDir).desk.closed).toBeUndefined();
    const names = [recreate(dataDir).movedTo, recreate(dataDir).movedTo];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(existsSync(join(name!, 'desk.db'))).toBe(true);
  });

  it('approves nothing by itself that may have been relayed before', async () => {
    const { desk, dataDir } = await usedDesk();
    const [relayed] = desk.list({ states: ['relayed'] });
    desk.close();
    const now = Date.now() + 1_000;
    recreate(dataDir, now);
    const again = openDesk(dataDir, { clock: { now: now + 2 * day } });
    again.desk.takeUp('live');
    const old = probeOf();
    const repeated = { ...old, facts: { ...old.facts, id: relayed!.id } };
    again.desk.hold([repeated], 'live');
    const book = new RelayBook();
    await courierFor(again, book.relay).sendApproved(never);
    expect(book.jobs).toEqual([]);
    expect(again.desk.statusOf(relayed!.id)).toMatchObject({
      state: 'held',
      reason: expect.stringContaining('may have been relayed already') as string,
    });
  });

  it('is noticed by whoever still uses the one before', async () => {
    const opened = await usedDesk();
    recreate(opened.dataDir);
    await courierFor(opened, opened.book.relay).run(never);
    expect(opened.book.jobs).toHaveLength(2);
    expect(eventsOf(opened.events, 'desk.closed')).toHaveLength(1);
  });

  it('stays closed where it was not finished', async () => {
    const { desk, dataDir, layout } = await usedDesk();
    desk.close();
    renameSync(layout.directory, `${layout.directory}.aside`);
    await expectClosed(dataDir, 'gone missing');
    const other = memoryDirectory();
    recreate(other);
    cpSync(deskLayout(other).directory, layout.directory, { recursive: true });
    await expectClosed(dataDir, 'is not the budget that');
    recreate(dataDir);
    expect(openDesk(dataDir).desk.closed).toBeUndefined();
  });
});

describe('a start that was cut short', () => {
  it('is taken up: nothing says yet that there was a budget', () => {
    const dataDir = memoryDirectory();
    const { directory, database, marker } = deskLayout(dataDir);
    mkdirSync(directory);
    writeFileSync(database, '');
    expect(openDesk(dataDir).desk.closed).toBeUndefined();
    rmSync(marker);
    expect(openDesk(dataDir).desk.closed).toBeUndefined();
    expect(existsSync(marker)).toBe(true);
  });
});

async function takeUpAndSend(opened: OpenedDesk, { relay }: RelayBook): Promise<void> {
  opened.desk.takeUp('live');
  await courierFor(opened, relay).sendApproved(never);
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function rootPage(path: string, name: string): number {
  const database = new DatabaseSync(path);
  const row = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name);
  database.close();
  return Number(row?.['rootpage']);
}

function anotherDatabase(path: string): void {
  change(path, 'CREATE TABLE something (a)');
}

function remount(disk: string, how: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${how}`, disk], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
