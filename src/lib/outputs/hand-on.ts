import { setTimeout } from 'node:timers/promises';
import type { Capture } from '../capture/capture.ts';
import { backoff } from './backoff.ts';
import { BatchRefused, Unavailable, type Outcome, type Output } from './output.ts';

export interface Patience {
  /** So often a batch is tried before it is given up. */
  readonly attempts: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Hands a batch to an output outside of its dispatcher: what a dispatcher does for ever is done some times here, and
 * then the last error is thrown.
 */
export async function handOn(output: Output, batch: readonly Capture[], patience: Patience): Promise<Outcome[]> {
  const { attempts, random, signal } = patience;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return [...(await output.deliver(batch))];
    } catch (error) {
      if (error instanceof BatchRefused) return inHalves(output, batch, patience, error.message);
      if (error instanceof Unavailable || attempt === attempts) throw error;
      await setTimeout(backoff(attempt, random), undefined, { signal });
    }
  }
}

async function inHalves(
  output: Output,
  batch: readonly Capture[],
  patience: Patience,
  why: string,
): Promise<Outcome[]> {
  if (batch.length === 1) return [{ kind: 'refused', why }];
  const half = Math.ceil(batch.length / 2);
  const first = await handOn(output, batch.slice(0, half), patience);
  return [...first, ...(await handOn(output, batch.slice(half), patience))];
}
