import type { Attempt, LimitName, Meter } from './limits.ts';

/** What was attempted, and until when nothing may be, because nobody can tell what else was. */
export interface Books {
  readonly attempts: readonly Attempt[];
  readonly spentUntil: number;
}

/** A limit as it stands now. */
export interface Usage {
  readonly limit: LimitName;
  /** The recipient, domain, address, network or rule that it counts for; empty when it counts for all. */
  readonly for: string;
  readonly most: number;
  readonly used: number;
}

/** Why there is no room. */
export type Excess =
  | ({ readonly is: 'limit'; readonly freesAt: number | undefined } & Usage)
  | { readonly is: 'spent'; readonly freesAt: number };

/** The first limit that one more attempt would exceed. */
export function excessOf(meters: readonly Meter[], books: Books, next: Attempt): Excess | undefined {
  if (next.at < books.spentUntil) return { is: 'spent', freesAt: books.spentUntil };
  for (const meter of meters) {
    const { limit, most } = meter;
    const key = meter.key(next);
    const counted = countedBy(meter, books.attempts, key, next.at);
    const used = sum(meter, counted);
    const wanted = meter.amount(next);
    if (used + wanted <= most) continue;
    return { is: 'limit', limit, for: key, most, used, freesAt: freesAt(meter, counted, wanted) };
  }
  return undefined;
}

/** Every limit and what is used of it, for each key that has used any. */
export function usagesOf(meters: readonly Meter[], attempts: readonly Attempt[], now: number): Usage[] {
  return meters.flatMap((meter) => {
    const used = new Map<string, number>();
    for (const attempt of attempts) {
      if (!isCounted(meter, attempt, now)) continue;
      const key = meter.key(attempt);
      used.set(key, (used.get(key) ?? 0) + meter.amount(attempt));
    }
    const isForAll = meter.limit === 'perDay' || meter.limit === 'perHour' || meter.limit === 'bytesPerDay';
    if (isForAll && used.size === 0) used.set('', 0);
    return [...used].map(([key, amount]) => ({ limit: meter.limit, for: key, most: meter.most, used: amount }));
  });
}

/** When so much more is free, if nothing else is sent; undefined when that is more than there ever is. */
export function freesAt(meter: Meter, counted: readonly Attempt[], wanted: number): number | undefined {
  if (wanted > meter.most) return undefined;
  let used = sum(meter, counted);
  for (const attempt of counted.toSorted((a, b) => a.at - b.at)) {
    used -= meter.amount(attempt);
    if (used + wanted <= meter.most) return attempt.at + meter.window;
  }
  return undefined;
}

export function countedBy(meter: Meter, attempts: readonly Attempt[], key: string, now: number): Attempt[] {
  return attempts.filter((attempt) => isCounted(meter, attempt, now) && meter.key(attempt) === key);
}

// Without an upper end: what a clock dated ahead before it was set back was sent all the same.
function isCounted({ window }: Meter, { at }: Attempt, now: number): boolean {
  return at > now - window;
}

function sum(meter: Meter, attempts: readonly Attempt[]): number {
  return attempts.reduce((total, attempt) => total + meter.amount(attempt), 0);
}
