import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Round } from '../group.ts';
import { send } from '../load/smtp-source.ts';
import { usual } from '../load/usual.ts';
import { countFor, warmUp } from '../load/warm-up.ts';
import { cpuSeconds } from '../machine/process-facts.ts';
import { smtpSource } from '../peers/need.ts';
import { Spamtrap, type SpamtrapSettings } from '../peers/spamtrap.ts';
import type { Measured } from '../row.ts';

const variants = {
  'processor/accept': { output: 'none' },
  'processor/maildir': { output: 'maildir' },
} as const satisfies Record<string, SpamtrapSettings>;

/** Processor time of our process, all threads, for each thousand messages. */
export const processor: Group = {
  name: 'processor',
  rows: [
    {
      name: 'processor/accept',
      about: 'processor time for 1,000 messages, 4 KB on 20 connections, accepted, without outputs',
      unit: 's',
      target: { atMost: 0.1 },
      needs: [smtpSource],
    },
    {
      name: 'processor/maildir',
      about: 'processor time for 1,000 messages, 4 KB on 20 connections, until all are in the maildir',
      unit: 's',
      target: { atMost: 0.18 },
      needs: [smtpSource],
    },
  ],
  async measure(round) {
    const measured = new Map<string, Measured>();
    for (const [row, settings] of Object.entries(variants)) {
      if (!round.rows.has(row)) continue;
      const value = await secondsPerThousand(round, settings);
      round.say(`${row} ${value.toFixed(3)} s`);
      measured.set(row, { value });
    }
    return measured;
  },
};

async function secondsPerThousand({ work, pace }: Round, settings: SpamtrapSettings): Promise<number> {
  const folder = work.folder('spamtrap');
  const server = await Spamtrap.start(folder, settings);
  try {
    const warm = await warmUp(server, usual, pace.warmUp);
    if (settings.output === 'maildir') await server.untilDelivered(warm.total);
    const count = countFor(usual, warm, pace.seconds);
    const before = cpuSeconds(server.pid);
    await send(server, usual, count);
    if (settings.output === 'maildir') await server.untilDelivered(warm.total + count);
    // Session records and the last checkpoint are part of the work.
    await sleep(600);
    return ((cpuSeconds(server.pid) - before) / count) * 1_000;
  } finally {
    await server.stop();
    work.settle(folder);
  }
}
