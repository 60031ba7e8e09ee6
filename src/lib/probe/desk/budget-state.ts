import type { DatabaseSync } from 'node:sqlite';
import { metersOf, type LimitName, type Limits } from '../budget/limits.ts';
import { countedBy, freesAt, usagesOf } from '../budget/weigh.ts';
import { isoTime } from '../../text/time.ts';
import { readBooks } from './ledger.ts';

/** The budget as it is now. All of it is JSON. */
export interface BudgetState {
  readonly at: string;
  /** Until then nothing is granted at all, because the budget was made anew or the clock was set back. */
  readonly spentUntil?: string;
  readonly limits: readonly LimitState[];
}

export interface LimitState {
  readonly limit: LimitName;
  /** The recipient, domain, address, network or rule; absent when the limit is for all. */
  readonly for?: string;
  readonly most: number;
  readonly used: number;
  readonly left: number;
  /** When one more send, or one more byte, is free; absent while there is room. */
  readonly freesAt?: string;
}

export function budgetState(database: DatabaseSync, limits: Limits, now: number): BudgetState {
  const { attempts, spentUntil } = readBooks(database);
  const meters = metersOf(limits);
  const states = usagesOf(meters, attempts, now).map(({ limit, for: key, most, used }): LimitState => {
    const meter = meters.find((meter) => meter.limit === limit)!;
    const left = Math.max(0, most - used);
    const frees = left > 0 ? undefined : freesAt(meter, countedBy(meter, attempts, key, now), 1);
    return {
      limit,
      ...(key !== '' && { for: key }),
      most,
      used,
      left: now < spentUntil ? 0 : left,
      ...(frees !== undefined && { freesAt: isoTime(Math.max(frees, spentUntil)) }),
    };
  });
  return { at: isoTime(now), ...(now < spentUntil && { spentUntil: isoTime(spentUntil) }), limits: states };
}
