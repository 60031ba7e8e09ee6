import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Round } from '../group.ts';
import { EventFlood } from '../load/event-flood.ts';
import { send } from '../load/smtp-source.ts';
import { usual } from '../load/usual.ts';
import { countFor, warmUp } from '../load/warm-up.ts';
import { cpuSeconds, residentMiB } from '../machine/process-facts.ts';
import { OpenConsole, terminal } from '../peers/console.ts';
import { smtpSource } from '../peers/need.ts';
import { Spamtrap } from '../peers/spamtrap.ts';
import { ratio, type Measured } from '../row.ts';

const perSecond = 5_000;
/** Before it is looked at: what grows only once has grown. */
const settleMs = 15_000;
const lookedAtMs = 60_000;
const keyEvery = 1_000;

const floodRows = ['console/processor', 'console/key', 'console/memory', 'console/resident'];

/** What a console costs that is open while thousands of events come, and whether it answers. */
export const consoleGroup: Group = {
  name: 'console',
  rows: [
    {
      name: 'console/processor',
      about: '5,000 events a second for a minute, messages shown: of one processor',
      unit: '',
      target: { atMost: 0.5 },
      needs: [terminal],
    },
    {
      name: 'console/key',
      about: 'the same: from a key to what it shows, 95th percentile',
      unit: 'ms',
      target: { atMost: 100 },
      needs: [terminal],
    },
    {
      name: 'console/memory',
      about: 'the same: growth of resident memory in that minute',
      unit: 'MiB',
      target: { atMost: 20 },
      needs: [terminal],
    },
    { name: 'console/resident', about: 'the same: resident memory in the end', unit: 'MiB', needs: [terminal] },
    {
      name: 'console/rate',
      about: '4 KB on 20 connections, accepted while a console is open; ours without it',
      unit: 'x',
      partsUnit: '/s',
      target: { atLeast: 0.9 },
      needs: [terminal, smtpSource],
    },
  ],
  async measure(round) {
    const measured: [string, Measured][] = [];
    if (floodRows.some((name) => round.rows.has(name))) measured.push(...(await measureFlood(round)));
    if (round.rows.has('console/rate')) measured.push(...(await measureRate(round)));
    return new Map(measured);
  },
};

async function measureFlood({ work, say }: Round): Promise<[string, Measured][]> {
  const folder = work.folder('console');
  const flood = await EventFlood.open(folder);
  const opened = await OpenConsole.open(folder);
  try {
    await opened.answer('2', 'subject');
    flood.begin(perSecond);
    await sleep(settleMs);
    const pid = opened.drawing;
    const [cpuBefore, memoryBefore, startedAt] = [cpuSeconds(pid), residentMiB(pid), performance.now()];
    const answers: number[] = [];
    while (performance.now() - startedAt < lookedAtMs) {
      answers.push(await opened.answer('?', 'what the keys do'));
      await opened.answer('x', 'Cheap offer');
      await sleep(keyEvery);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const processor = (cpuSeconds(pid) - cpuBefore) / seconds;
    const resident = residentMiB(pid);
    const key = percentile(answers, 0.95);
    say(`${processor.toFixed(2)} of a processor, ${Math.round(key)} ms to answer, ${Math.round(resident)} MiB`);
    return [
      ['console/processor', { value: processor }],
      ['console/key', { value: key }],
      ['console/memory', { value: resident - memoryBefore }],
      ['console/resident', { value: resident }],
    ];
  } finally {
    await opened.close();
    flood.close();
    work.settle(folder);
  }
}

// Without, with, without: what the server gains by warming up must not count for either side.
async function measureRate({ work, pace, say }: Round): Promise<[string, Measured][]> {
  const folder = work.folder('spamtrap');
  const server = await Spamtrap.start(folder, { output: 'maildir' });
  try {
    const warm = await warmUp(server, usual, pace.warmUp);
    const count = countFor(usual, warm, pace.seconds);
    let total = warm.total;
    const rate = async () => {
      await server.untilDelivered(total);
      total += count;
      return (await send(server, usual, count)).perSecond;
    };
    const before = await rate();
    const opened = await OpenConsole.open(folder);
    await opened.answer('2', 'subject');
    const beside = await rate();
    await opened.close();
    const without = (before + (await rate())) / 2;
    say(`${Math.round(beside)}/s with a console, ${Math.round(without)}/s without`);
    return [['console/rate', ratio(beside, without)]];
  } finally {
    await server.stop();
    work.settle(folder);
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(Math.ceil(sorted.length * part) - 1, sorted.length - 1)] ?? Number.NaN;
}
