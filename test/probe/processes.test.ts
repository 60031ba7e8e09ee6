import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { deskLayout } from '../../src/lib/probe/desk/layout.ts';
import { peer } from '../support/peers.ts';
import { acceptAll, courierFor, eventsOf, ledgerRelay, never, openDesk, probeOf } from '../support/probes.ts';
import { killAt, readTrace, tracing, type SystemCall } from '../support/strace.ts';
import { memoryDirectory } from '../support/temporary.ts';

const script = fileURLToPath(new URL('../support/probe-process.ts', import.meta.url));

/** A data directory with approved probes on its desk, and a file in which the relays write. */
function page(probes: number, perDay: number, recipients = 1) {
  const dataDir = memoryDirectory();
  const { desk } = openDesk(dataDir, { clock: { now: Date.now() } });
  desk.takeUp('live');
  const captures = Array.from({ length: probes }, (_, probe) =>
    probeOf({ to: Array.from({ length: recipients }, (_, index) => `r${probe}-${index}@d${index}.example`) }),
  );
  desk.hold(captures, 'live');
  desk.close();
  return { dataDir, perDay, ledger: join(dataDir, 'ledger') };
}
type Page = ReturnType<typeof page>;

function start({ dataDir, ledger, perDay }: Page, how: 'at-the-same-time' | 'alone', strace: readonly string[] = []) {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', script];
  const [program, ...words] = [
    ...(strace.length > 0 ? ['strace', '-f', ...strace] : []),
    ...node,
    dataDir,
    ledger,
    String(perDay),
    how,
  ];
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  return { child, lines: createInterface(child.stdout), ended };
}

function sentTo({ ledger }: Page): string[] {
  return existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').slice(0, -1) : [];
}

/** What has to hold at any moment, whatever has happened: never more than allowed, and nobody twice. */
function expectKept(page: Page): void {
  const sent = sentTo(page);
  expect(sent.length).toBeLessThanOrEqual(page.perDay);
  expect(new Set(sent).size).toBe(sent.length);
}

/** Sends what is left, and holds the desk against what was really sent. */
async function expectToEndWell(page: Page): Promise<void> {
  const { perDay, dataDir, ledger } = page;
  const opened = openDesk(dataDir, { limits: { perDay, perRecipient: 1 }, clock: { now: Date.now() } });
  const { desk, events } = opened;
  desk.takeUp('live');
  await courierFor(opened, ledgerRelay(ledger), { sending: { mode: 'live', policy: acceptAll } }).sendApproved(never);
  expectKept(page);
  expect(eventsOf(events, 'desk.closed')).toEqual([]);
  // There was more to send than the budget allows, so all of it is used.
  expect(desk.budgetState().limits[0]).toMatchObject({ limit: 'perDay', used: perDay, left: 0 });
  const ends = new Map(
    desk
      .list({ most: 10_000 })
      .flatMap(({ id, recipients }) => recipients.map(({ address, state }) => [`${id} ${address}`, state] as const)),
  );
  const sent = new Set(sentTo(page));
  for (const [who, state] of ends) {
    if (sent.has(who)) expect(['relayed', 'uncertain'], who).toContain(state);
    else expect(state, who).not.toBe('relayed');
  }
  expect([...ends.values()].filter((state) => state === 'sending' || state === 'approved')).toEqual([]);
  desk.close();
}

describe('several processes', () => {
  it('share one budget to the last send', async () => {
    const shared = page(60, 25);
    const processes = Array.from({ length: 3 }, () => start(shared, 'at-the-same-time'));
    await Promise.all(processes.map(({ lines }) => once(lines, 'line')));
    for (const { child } of processes) child.stdin.end('go\n');
    for (const { ended } of processes) expect(await ended).toEqual([0, null]);
    expectKept(shared);
    expect(sentTo(shared)).toHaveLength(25);
    await expectToEndWell(shared);
  });
});

describe('a process that is killed', () => {
  it('at any moment, again and again, never sends more than the limit and nothing twice', async () => {
    const shared = page(50, 30, 2);
    let kills = 0;
    // Each goes a little way; two are on it at a time.
    for (let round = 0; round < 5; round++) {
      const runs = [start(shared, 'alone'), start(shared, 'alone')];
      await Promise.all(
        runs.map(async ({ child, lines, ended }, index) => {
          let left = 1 + ((round * 7 + index * 5) % 11);
          lines.on('line', () => {
            if (--left === 0) child.kill('SIGKILL');
          });
          const [, signal] = await ended;
          if (signal === 'SIGKILL') kills++;
        }),
      );
      expectKept(shared);
    }
    expect(kills).toBeGreaterThan(5);
    await expectToEndWell(shared);
  });
});

peer('strace')('a process that is killed as it makes a system call', () => {
  // On everything that matters. Each takes up what the one before it has left.
  test.each([
    ['pwrite64', [1, 2, 3, 4, 5, 8, 11, 15, 20]],
    ['fsync', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['ftruncate', [1, 2, 3, 4]],
    ['write', [1, 2]],
  ])('%s, wherever that is', async (call, places) => {
    const shared = page(20, 12);
    const { directory, database } = deskLayout(shared.dataDir);
    const path = [directory, database, `${database}-journal`, shared.ledger];
    for (const nth of places) {
      const { lines, ended } = start(shared, 'alone', killAt(`${shared.dataDir}.trace`, { call, path, nth }));
      lines.resume();
      expect(await ended, `killed at ${nth}`).toEqual([null, 'SIGKILL']);
      expectKept(shared);
    }
    await expectToEndWell(shared);
  });
});

peer('strace')('before anything is sent', () => {
  test('it is counted, and what counts it is on the disk', async () => {
    const traced = page(3, 2);
    const { database } = deskLayout(traced.dataDir);
    const trace = `${traced.dataDir}.trace`;
    const names = ['pwrite64', 'fdatasync', 'fsync', 'ftruncate', 'write'];
    const { lines, ended } = start(traced, 'alone', tracing(trace, names, 0));
    lines.resume();
    expect(await ended).toEqual([0, null]);
    const made = readTrace(trace);
    const sends = made.filter(({ name, target }) => name === 'write' && target === traced.ledger);
    expect(sends).toHaveLength(2);
    for (const send of sends) {
      const before = made.filter(({ ended }) => ended < send.began);
      expectSynced(before, database, 'pwrite64');
      // The journal that could still undo it is empty, and that is safe too.
      expectSynced(before, `${database}-journal`, 'ftruncate');
    }
  });
});

function expectSynced(calls: readonly SystemCall[], target: string, change: string): void {
  const onIt = calls.filter((call) => call.target === target);
  const last = onIt.findLastIndex(({ name }) => name === change);
  expect(last, `${change} on ${target}`).toBeGreaterThanOrEqual(0);
  expect(onIt.slice(last + 1).map(({ name }) => name)).toContainEqual(expect.stringMatching(/^f(data)?sync$/));
}
