import { setTimeout as sleep } from 'node:timers/promises';
import type { Judges } from '../judges/follow-judges.ts';
import { yieldToIntake } from '../yield-to-intake.ts';
import type { IndexKeeper } from './index-keeper.ts';

/** The writer tells nobody outside its process: one looks, and a glance at a file costs next to nothing. */
const glance = 500;

/** Keeps the index up to date, and has judges asked, until the signal. */
export async function followJournal(keeper: IndexKeeper, judges: Judges, signal: AbortSignal): Promise<void> {
  yieldToIntake(19);
  await Promise.all([followIndex(keeper, signal), judges.follow(signal)]);
}

async function followIndex(keeper: IndexKeeper, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isAtEnd = !(await keeper.catchUp());
    if (isAtEnd) await sleep(glance, undefined, { signal }).catch(() => undefined);
  }
}
