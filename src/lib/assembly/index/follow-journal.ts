import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexKeeper } from './update-index.ts';

/** The writer tells nobody outside its process: one looks, and a glance at a file costs next to nothing. */
const glance = 500;

/** Keeps the index up to date until the signal. */
export async function followJournal(keeper: IndexKeeper, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isAtEnd = !(await keeper.catchUp());
    if (isAtEnd) await sleep(glance, undefined, { signal }).catch(() => undefined);
  }
}
