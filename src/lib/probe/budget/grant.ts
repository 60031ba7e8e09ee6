import { metersOf, type Attempt, type Limits } from './limits.ts';
import { excessOf, type Books, type Excess } from './weigh.ts';

export interface Grant {
  readonly granted: readonly Attempt[];
  /** What there is no room for, and why. */
  readonly over: ReadonlyMap<Attempt, Excess>;
}

/** As many of the wanted attempts as there is room for, each counted before the next is asked about. */
export function grant(limits: Limits, books: Books, wanted: readonly Attempt[]): Grant {
  const meters = metersOf(limits);
  const granted: Attempt[] = [];
  const over = new Map<Attempt, Excess>();
  for (const attempt of wanted) {
    const excess = excessOf(meters, { ...books, attempts: [...books.attempts, ...granted] }, attempt);
    if (excess) over.set(attempt, excess);
    else granted.push(attempt);
  }
  return { granted, over };
}
