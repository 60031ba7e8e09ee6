import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Round } from './group.ts';
import { send, type Load } from './load/smtp-source.ts';
import { countFor, warmUp } from './load/warm-up.ts';
import type { Pace } from './pace.ts';
import { smtpSource } from './peers/need.ts';
import type { Contender, RunningServer } from './peers/server.ts';
import { Spamtrap, type SpamtrapSettings } from './peers/spamtrap.ts';
import { ratio, type Measured, type Row, type Target } from './row.ts';

export interface Pairing {
  readonly about: string;
  readonly peer: Contender;
  /** Ours counts when it is acknowledged, or only when it is in the maildir. */
  readonly counts?: 'accepted' | 'delivered';
  readonly target?: Target;
}

export interface ContestSettings {
  readonly name: string;
  /** Where ours takes it; the relay where it does not say. */
  readonly intake?: SpamtrapSettings['intake'];
  readonly load: Load;
  /** A load of so many messages, for servers that need no more than `longest` seconds for it. */
  readonly count?: (pace: Pace) => number;
  /** What follows the name of the group in the names of rows. */
  readonly pairings: Readonly<Record<string, Pairing>>;
}

/** Each second; a message counts once for each of its recipients. */
interface Rates {
  readonly accepted: number;
  readonly delivered: number;
}

const longest = 16;
const deliversNothing = 0;

/** Ours and its peers under the same load, one after the other in each round. */
export function contest(settings: ContestSettings): Group {
  const { name, pairings } = settings;
  const entries = Object.entries(pairings).map(([what, pairing]) => ({ ...pairing, row: `${name}/${what}` }));
  return {
    name,
    rows: entries.map(({ row, about, peer, target }): Row => {
      const needs = [smtpSource, ...peer.needs];
      return { name: row, about, unit: 'x', partsUnit: '/s', needs, ...(target && { target }) };
    }),
    async measure(round) {
      const wanted = entries.filter(({ row }) => round.rows.has(row));
      const waitsForMaildir = wanted.some(({ counts }) => counts === 'delivered');
      const ours = await loadSpamtrap(settings, round, waitsForMaildir);
      round.say(`spamtrap ${inWords(ours)}`);
      const peers = new Map<Contender, number>();
      for (const peer of new Set(wanted.map((entry) => entry.peer))) {
        const { accepted } = await loadPeer(peer, settings, round);
        peers.set(peer, accepted);
        round.say(`${peer.name} ${Math.round(accepted)}/s accepted`);
      }
      return new Map(
        wanted.map(({ row, peer, counts = 'accepted' }): [string, Measured] => [
          row,
          ratio(ours[counts], peers.get(peer)!),
        ]),
      );
    },
  };
}

function inWords({ accepted, delivered }: Rates): string {
  const inMaildir = delivered === deliversNothing ? '' : `, ${Math.round(delivered)}/s into the maildir`;
  return `${Math.round(accepted)}/s accepted${inMaildir}`;
}

async function loadSpamtrap(
  { intake = 'relay', load, count }: ContestSettings,
  { work, pace }: Round,
  waitsForMaildir: boolean,
): Promise<Rates> {
  const folder = work.folder('spamtrap');
  const server = await Spamtrap.start(folder, { output: 'maildir', intake });
  try {
    const warm = await warmUp(server, load, pace.warmUp);
    // A burst comes when there is nothing else to do; a steady load finds the maildir busy with what came before.
    if (count) await server.untilDelivered(warm.total);
    const size = sizeOf(load, pace, warm, count);
    const { perSecond, startedAt } = await send(server, load, size);
    const accepted = perSecond * load.recipients;
    if (!waitsForMaildir) return { accepted, delivered: deliversNothing };
    const finishedAt = await server.untilDelivered(warm.total + size);
    const files = server.countDelivered();
    if (files !== warm.total + size) throw new Error(`${files} files in the maildir for ${warm.total + size} messages`);
    return { accepted, delivered: (size * load.recipients) / ((finishedAt - startedAt) / 1_000) };
  } finally {
    await server.stop();
    work.settle(folder);
  }
}

async function loadPeer(
  peer: Contender,
  settings: ContestSettings,
  { work, pace }: Round,
): Promise<{ readonly accepted: number }> {
  const { count } = settings;
  const load = peer.repliesOnce ? { ...settings.load, recipients: 1 } : settings.load;
  const folder = work.folder(peer.name);
  const server: RunningServer = await peer.start(folder);
  try {
    const warm = await warmUp(server, load, pace.warmUp);
    const { perSecond } = await send(server, load, sizeOf(load, pace, warm, count));
    return { accepted: perSecond * load.recipients };
  } finally {
    await server.stop();
    work.settle(folder);
    await sleep(200);
  }
}

function sizeOf(load: Load, pace: Pace, warm: { total: number; perSecond: number }, count: ContestSettings['count']) {
  const wanted = count?.(pace);
  if (wanted !== undefined && wanted / warm.perSecond <= longest) return wanted;
  return countFor(load, warm, pace.seconds);
}
