import type { RunningServer } from '../peers/server.ts';
import { send, type Load } from './smtp-source.ts';

const most = 200_000;

export interface Warm {
  /** Messages that the server has had. */
  readonly total: number;
  /** Messages each second at the end, from which the size of the measured load follows. */
  readonly perSecond: number;
}

/** Loads a server, each time twice as much, until one load has lasted for the given time. */
export async function warmUp(server: RunningServer, load: Load, seconds: number): Promise<Warm> {
  let count = Math.max(load.connections * 2, 40);
  for (let total = 0; ;) {
    const { perSecond, seconds: taken } = await send(server, load, count);
    total += count;
    if (taken >= seconds || count >= most) return { total, perSecond };
    count = Math.min(most, Math.ceil(Math.max(count * 2, perSecond * seconds * 1.1)));
  }
}

/** A load that this server will be busy with for about so long. */
export function countFor({ connections }: Load, { perSecond }: Warm, seconds: number): number {
  return Math.min(most, Math.max(connections * 4, Math.ceil(perSecond * seconds)));
}
