import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errno, Fault } from '../../errors.ts';
import { running } from './running.ts';

const lookEvery = 50;

/** Has a sensor drain and stop, and waits until its process is gone. */
export async function stopRunning(configured: string | undefined, patienceMs: number): Promise<string> {
  const client = await running(configured);
  const { command, pid } = client.greeting;
  await client.ask('stop');
  const end = Date.now() + patienceMs;
  while (isAlive(pid)) {
    if (Date.now() >= end) {
      throw new Fault(`The ${command} (process ${pid}) still drains.`, {
        code: 'control.drains',
        fix: `Wait for it, or end it now: kill ${pid}.`,
      });
    }
    await sleep(lookEvery);
  }
  return `The ${command} (process ${pid}) has stopped; everything that was acknowledged is on disk.`;
}

function isAlive(pid: number): boolean {
  // It has ended although its parent, a terminal that stays open, has not yet asked how.
  if (stateOf(pid) === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) === 'EPERM';
  }
}

function stateOf(pid: number): string | undefined {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}
