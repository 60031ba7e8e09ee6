import { setTimeout as sleep } from 'node:timers/promises';
import type { Group } from '../group.ts';
import { send, type Load } from '../load/smtp-source.ts';
import { usual } from '../load/usual.ts';
import { peakResidentMiB, residentMiB } from '../machine/process-facts.ts';
import { smtpSource } from '../peers/need.ts';
import { Spamtrap } from '../peers/spamtrap.ts';

const load: Load = { ...usual, connections: 100 };
const step = 50_000;
const total = 500_000;
/** Until here memory may grow: caches fill, and the garbage collector finds its size. */
const grownUp = 100_000;
/** What is only waiting to be collected is no growth. */
const rest = 3_000;

/** Whether memory stays where it is, however much comes in. */
export const growth: Group = {
  name: 'growth',
  isLong: true,
  rows: [
    {
      name: 'growth/memory',
      about: 'growth of resident memory for each message, from 100,000 to 500,000 messages',
      unit: 'B',
      // Anything that is kept for each message takes more than this.
      target: { atMost: 32 },
      needs: [smtpSource],
    },
    {
      name: 'growth/peak',
      about: 'the most resident memory that it had while it took them',
      unit: 'MiB',
      needs: [smtpSource],
    },
  ],
  async measure({ work, say }) {
    const folder = work.folder('spamtrap');
    const server = await Spamtrap.start(folder, { output: 'maildir' });
    const samples: Sample[] = [];
    try {
      for (let sent = step; sent <= total; sent += step) {
        await send(server, load, step);
        await server.untilDelivered(sent);
        await sleep(rest);
        const mebibytes = residentMiB(server.pid);
        say(`${Math.round(mebibytes)} MiB after ${sent} messages`);
        if (sent >= grownUp) samples.push({ sent, mebibytes });
      }
      return new Map([
        ['growth/memory', { value: slope(samples) * 2 ** 20 }],
        ['growth/peak', { value: peakResidentMiB(server.pid) }],
      ]);
    } finally {
      // Nothing comes after this group: its half a million files may stay as they are until all data is removed.
      await server.stop();
    }
  },
};

interface Sample {
  readonly sent: number;
  readonly mebibytes: number;
}

/** Of the straight line that fits best. */
function slope(samples: readonly Sample[]): number {
  const meanSent = mean(samples.map(({ sent }) => sent));
  const meanMemory = mean(samples.map(({ mebibytes }) => mebibytes));
  let products = 0;
  let squares = 0;
  for (const { sent, mebibytes } of samples) {
    products += (sent - meanSent) * (mebibytes - meanMemory);
    squares += (sent - meanSent) ** 2;
  }
  return products / squares;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
