import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Fault, type ExitCode } from '../../errors.ts';
import { Networks } from '../../net/network.ts';
import { running } from '../control/running.ts';
import type { SensorState } from '../control/sensor-state.ts';
import { Chance } from './chance.ts';
import { play, type Stage } from './player.ts';
import { scene } from './scenes.ts';

export interface DemoWish {
  readonly dataDir: string | undefined;
  readonly seed: number;
  /** Attackers in a second. */
  readonly rate: number;
  /** Undefined plays until it is interrupted. */
  readonly seconds: number | undefined;
  readonly tell: (line: string) => void;
}

/** So many attackers at a time, whatever the rate. */
const mostAtOnce = 200;

const loopback = new Networks([
  { family: 'ipv4', address: '127.0.0.0', prefix: 8 },
  { family: 'ipv6', address: '::1', prefix: 128 },
]);

/** Plays an attack on the relay that runs on this machine. */
export async function demo({ dataDir, seed, rate, seconds, tell }: DemoWish): Promise<ExitCode> {
  const stage = await findStage(dataDir);
  const chance = new Chance(seed);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  tell(`${rate} attackers a second come to ${stage.address} port ${stage.port}; Ctrl-C ends it.`);
  const playing = new Set<Promise<void>>();
  const end = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
  let played = 0;
  for (let due = Date.now(); Date.now() < end && !stop.signal.aborted; due += 1000 / rate) {
    const early = due - Date.now();
    if (early > 0) await sleep(early, undefined, { signal: stop.signal }).catch(() => undefined);
    if (playing.size >= mostAtOnce) await Promise.race(playing);
    const act: Promise<void> = play(scene(chance), stage).finally(() => playing.delete(act));
    playing.add(act);
    played++;
  }
  await Promise.all(playing);
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  tell(`${played} attackers have come and gone.`);
  return stop.signal.aborted && seconds !== undefined ? exitCodes.interrupted : exitCodes.done;
}

/** The relay of the sensor that runs. Nobody else is ever attacked. */
async function findStage(dataDir: string | undefined): Promise<Stage> {
  const client = await running(dataDir);
  try {
    const { listening } = await client.ask<SensorState>('state');
    const relay = listening.find(({ of, port, tls }) => of === 'relay' && tls !== 'implicit' && port !== 0);
    if (relay === undefined) {
      throw new Fault('What runs has no relay.', { code: 'demo.no-relay', fix: 'Start "spamtrap serve".' });
    }
    return { address: onLoopback(relay.address), port: relay.port };
  } finally {
    client.close();
  }
}

function onLoopback(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '::1';
  if (loopback.has(address)) return address;
  throw new Fault(`The relay listens on ${address}, which is more than this machine.`, {
    code: 'demo.not-loopback',
    fix: 'The demo only plays on the loopback interface: start "spamtrap serve" with --bind 127.0.0.1.',
  });
}
