/** How much may be sent. A day is the last 24 hours, an hour the last 60 minutes; absent means without that limit. */
export interface Limits {
  readonly perDay: number;
  readonly perRecipient: number;
  readonly perHour?: number;
  readonly perDomain?: number;
  readonly perSource?: number;
  readonly perNetwork?: number;
  readonly perRule?: number;
  readonly bytesPerDay?: number;
}

export const usualLimits: Limits = { perDay: 20, perRecipient: 3 };

export const limitNames = [
  'perDay',
  'perRecipient',
  'perHour',
  'perDomain',
  'perSource',
  'perNetwork',
  'perRule',
  'bytesPerDay',
] as const satisfies readonly (keyof Limits)[];
export type LimitName = (typeof limitNames)[number];

/** One recipient to whom it was attempted to send, whatever came of it. */
export interface Attempt {
  /** Milliseconds of the clock at that moment. */
  readonly at: number;
  readonly probe: string;
  /** As it is counted, see countedAs(). */
  readonly recipient: string;
  readonly domain: string;
  /** The address from which the probe came, and its network; empty when it came from none. */
  readonly source: string;
  readonly network: string;
  readonly rule: string;
  readonly bytes: number;
}

/** How one limit counts. */
export interface Meter {
  readonly limit: LimitName;
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
  /** What the limit is for: attempts with the same key share it. */
  readonly key: (attempt: Attempt) => string;
  readonly amount: (attempt: Attempt) => number;
}

export const hour = 3_600_000;
export const day = 24 * hour;

type Counting = Pick<Meter, 'window' | 'key' | 'amount'>;

const once = () => 1;
const forAll = () => '';

const counting: Readonly<Record<LimitName, Counting>> = {
  perDay: { window: day, key: forAll, amount: once },
  perRecipient: { window: day, key: ({ recipient }) => recipient, amount: once },
  perHour: { window: hour, key: forAll, amount: once },
  perDomain: { window: day, key: ({ domain }) => domain, amount: once },
  perSource: { window: day, key: ({ source }) => source, amount: once },
  perNetwork: { window: day, key: ({ network }) => network, amount: once },
  perRule: { window: day, key: ({ rule }) => rule, amount: once },
  bytesPerDay: { window: day, key: forAll, amount: ({ bytes }) => bytes },
};

export function metersOf(limits: Limits): readonly Meter[] {
  return limitNames.flatMap((limit) => {
    const most = limits[limit];
    return most === undefined ? [] : [{ limit, most, ...counting[limit] }];
  });
}
