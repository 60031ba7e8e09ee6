import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Round } from '../group.ts';
import { IdleClients } from '../load/idle-clients.ts';
import { send } from '../load/smtp-source.ts';
import { usual } from '../load/usual.ts';
import { countFor, warmUp } from '../load/warm-up.ts';
import { canOpenFiles } from '../machine/open-files.ts';
import { residentMiB } from '../machine/process-facts.ts';
import { smtpSource, type Need } from '../peers/need.ts';
import { Spamtrap } from '../peers/spamtrap.ts';
import { ratio, type Measured } from '../row.ts';

const many = 5_000;
const most = 10_000;
const limit = most + 100;
/** For what is given back a moment later. */
const rest = 1_000;

const openFiles: Need = {
  name: `a hard limit of ${limit + 200} open files`,
  isThere: () => canOpenFiles(limit + 200),
  remedy: 'raise it (ulimit -Hn), or run as root',
};

/** Memory at rest, and what connections cost that do nothing. */
export const connections: Group = {
  name: 'connections',
  rows: [
    {
      name: 'connections/none',
      about: 'resident memory after the start',
      unit: 'MiB',
      target: { atMost: 90 },
      needs: [],
    },
    {
      name: 'connections/memory',
      about: 'resident memory for each of the first 5,000 idle connections, with all that grows only once',
      unit: 'KiB',
      target: { atMost: 8 },
      needs: [openFiles],
    },
    {
      name: 'connections/more',
      about: 'resident memory for each of the next 5,000 idle connections',
      unit: 'KiB',
      needs: [openFiles],
    },
    {
      name: 'connections/held',
      about: 'idle connections greeted, answered and held at the same time',
      unit: '',
      target: { atLeast: most },
      needs: [openFiles],
    },
    {
      name: 'connections/rate',
      about: '4 KB on 20 connections, accepted beside 5,000 idle ones; ours without these',
      unit: 'x',
      partsUnit: '/s',
      target: { atLeast: 0.9 },
      needs: [openFiles, smtpSource],
    },
  ],
  async measure(round) {
    const { rows } = round;
    const measured: Figures = [];
    if (memoryRows.some((name) => rows.has(name))) measured.push(...(await withServer(round, measureMemory)));
    if (rows.has('connections/rate')) measured.push(...(await withServer(round, measureRate)));
    return new Map(measured);
  },
};

const memoryRows = ['connections/none', 'connections/memory', 'connections/more', 'connections/held'];

type Figures = [string, Measured][];

async function withServer(round: Round, measure: (server: Spamtrap, round: Round) => Promise<Figures>) {
  const folder = round.work.folder('spamtrap');
  const server = await Spamtrap.start(folder, { output: 'maildir', connections: limit });
  try {
    return await measure(server, round);
  } finally {
    await server.stop();
    round.work.settle(folder);
  }
}

// On a server that has just started: one that has worked before has free memory to put connections in, and they
// would seem to cost nothing.
async function measureMemory({ pid, port }: Spamtrap, { say, rows }: Round): Promise<Figures> {
  await sleep(rest);
  const alone = residentMiB(pid);
  say(`${Math.round(alone)} MiB after the start`);
  if (memoryRows.every((name) => name === 'connections/none' || !rows.has(name))) {
    return [['connections/none', { value: alone }]];
  }
  const first = await IdleClients.hold(port, many);
  await sleep(rest);
  const withMany = residentMiB(pid);
  say(`${Math.round(withMany)} MiB with ${first.held} idle connections`);
  const second = await IdleClients.hold(port, most - many);
  await sleep(rest);
  const withMost = residentMiB(pid);
  const held = first.held + second.held;
  say(`${Math.round(withMost)} MiB with ${held} idle connections`);
  await Promise.all([first.release(), second.release()]);
  return [
    ['connections/none', { value: alone }],
    ['connections/memory', { value: kibibytesEach(withMany - alone, first.held) }],
    ['connections/more', { value: kibibytesEach(withMost - withMany, second.held) }],
    ['connections/held', { value: held }],
  ];
}

// Without, with, without: what the server gains by warming up must not count for either side.
async function measureRate(server: Spamtrap, { say, pace }: Round): Promise<Figures> {
  const warm = await warmUp(server, usual, pace.warmUp);
  const count = countFor(usual, warm, pace.seconds);
  let total = warm.total;
  const rate = async () => {
    // Each finds the maildir up to date.
    await server.untilDelivered(total);
    total += count;
    return (await send(server, usual, count)).perSecond;
  };
  const before = await rate();
  const idle = await IdleClients.hold(server.port, many);
  const beside = await rate();
  await idle.release();
  await sleep(rest);
  const without = (before + (await rate())) / 2;
  say(`${Math.round(beside)}/s beside ${idle.held} idle connections, ${Math.round(without)}/s without`);
  return [['connections/rate', ratio(beside, without)]];
}

function kibibytesEach(mebibytes: number, count: number): number {
  return (mebibytes * 1024) / count;
}
