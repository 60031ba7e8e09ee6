import type { ScanSign } from '../../capture/capture.ts';
import { pairOf, type CredentialPair } from './counted-values.ts';
import type { KeptDay } from './day-figures.ts';
import type { RuleHit } from './rule-hits.ts';
import type { KeptCounter } from './top-counter.ts';

/** Increased when a key of a summary changes its meaning. */
export const summaryVersion = 1;

/** So many of the most frequent of everything are shown, unless more are asked for. */
export const usualRanks = 20;

export interface Ranked {
  /** Never too low. */
  readonly count: number;
  /** By so much it may be too high. */
  readonly over: number;
}

export interface Top<Item> {
  /** How many were counted, of all values together. */
  readonly total: number;
  /** What came more often than this is not missing for lack of room. */
  readonly error: number;
  /** The most frequent first. */
  readonly top: readonly (Item & Ranked)[];
}

export type TopValues = Top<{ readonly value: string }>;

/** The figures of one day, as other programs may read them: see docs/daybook.md. */
export interface DaySummary {
  readonly version: typeof summaryVersion;
  readonly day: string;
  readonly messages: { readonly count: number; readonly bytes: number; readonly withoutContent: number };
  readonly sessions: {
    readonly count: number;
    readonly withMessages: number;
    readonly scans: Readonly<Record<ScanSign, number>>;
  };
  readonly credentials: { readonly tried: number; readonly accepted: number; readonly pairs: Top<CredentialPair> };
  readonly sources: Readonly<
    Record<'sessions' | 'messages', { readonly addresses: TopValues; readonly networks: TopValues }>
  >;
  readonly helo: TopValues;
  readonly recipientDomains: TopValues;
  /** The one that matched most often first. */
  readonly rules: readonly ({ readonly rule: string } & RuleHit)[];
  readonly probes: { readonly count: number };
}

const noScans: Readonly<Record<ScanSign, number>> = {
  silent: 0,
  foreign: 0,
  login: 0,
  relayTest: 0,
  userTest: 0,
  features: 0,
};

export function summarize({ day, tally, scans, tops, rules }: KeptDay, most: number): DaySummary {
  const values = (counter: KeptCounter) => ranked(counter, most, (value) => ({ value }));
  return {
    version: summaryVersion,
    day,
    messages: { count: tally.messages, bytes: tally.bytes, withoutContent: tally.withoutContent },
    sessions: { count: tally.sessions, withMessages: tally.sessionsWithMessages, scans: { ...noScans, ...scans } },
    credentials: {
      tried: tally.credentialsTried,
      accepted: tally.credentialsAccepted,
      pairs: ranked(tops.credentials, most, pairOf),
    },
    sources: {
      sessions: { addresses: values(tops.sessionAddresses), networks: values(tops.sessionNetworks) },
      messages: { addresses: values(tops.messageAddresses), networks: values(tops.messageNetworks) },
    },
    helo: values(tops.helo),
    recipientDomains: values(tops.recipientDomains),
    rules: rules.map(([rule, hit]) => ({ rule, ...hit })).sort((a, b) => b.count - a.count),
    probes: { count: tally.probes },
  };
}

function ranked<Item>(
  { total, capacity, counts }: KeptCounter,
  most: number,
  show: (value: string) => Item,
): Top<Item> {
  const error = counts.length < capacity ? 0 : counts[0]![1];
  const top = counts.slice(Math.max(0, counts.length - most)).toReversed();
  return { total, error, top: top.map(([value, count, over]) => ({ ...show(value), count, over })) };
}
