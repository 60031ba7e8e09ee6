import type { AddressPolicy } from '../../net/public-address.ts';
import { formatDuration } from '../../text/units.ts';
import { reason } from '../../errors.ts';
import type { Destination } from './destination.ts';
import { dial as usualDial, type Dial } from './dial.ts';
import type { Families } from './families.ts';
import type { Letter } from './letter.ts';
import type { MailResolver } from './mail-resolver.ts';
import type { Phase } from './phase.ts';
import { planRoute, sandboxOnly } from './plan-route.ts';
import { readLetter } from './read-letter.ts';
import type { RelayReport } from './report.ts';
import { tryServers } from './try-servers.ts';
import { usualTimeouts, type RelayTimeouts } from './timeouts.ts';

export interface RelayMeans {
  readonly destination: Destination;
  readonly resolver: MailResolver;
  /** `publicAddresses(own)` wherever messages go to strangers. The sandbox is reached without it, and nothing else is. */
  readonly mayConnect: AddressPolicy;
  readonly families: Families;
  readonly randomInt: (max: number) => number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly timeouts?: RelayTimeouts;
  /** Called, and awaited, before the final dot leaves: from then on the message may have been taken. */
  readonly beforeDot?: () => void | Promise<void>;
  readonly onPhase?: (phase: Phase) => void;
  readonly dial?: Dial;
}

/**
 * Sends one message to one place, at most once, and tells everything about it. It neither bounces nor retries later,
 * and whatever servers and DNS do is in the report and never thrown. Whether it may be sent at all is for others to
 * have decided, and to have written down, before this is called.
 */
export async function relayMessage(letter: Letter, means: RelayMeans): Promise<RelayReport> {
  const { destination, signal, timeouts = usualTimeouts, dial = usualDial, onPhase = () => undefined } = means;
  const reading = readLetter(letter, means);
  const nobody = letter.to.map((address) => ({ address, accepted: false }));
  const nothing = { recipients: nobody, dotSent: false, attempts: [] };
  if (reading.is === 'refused') return { outcome: 'refused', why: reading.why, ...nothing };
  const { content } = reading.ready;
  const sent = { content: { size: content.bytes.length, sha256: content.sha256, changes: content.changes } };
  const limit = new AbortController();
  const tooLong = new Error(`all of it took more than ${formatDuration(timeouts.total)}`);
  const timer = setTimeout(() => limit.abort(tooLong), timeouts.total);
  const either = AbortSignal.any([signal, limit.signal]);
  try {
    const route = await planRoute(destination, { ...means, dnsTimeout: timeouts.dns, signal: either });
    if (either.aborted) {
      const why = `it was stopped before it began: ${reason(either.reason)}`;
      return { outcome: 'unreachable', why, ...nothing, ...sent };
    }
    if (route.is !== 'route') return { outcome: route.is, why: route.why, ...nothing, ...sent };
    const mayConnect = destination.is === 'sandbox' ? sandboxOnly : means.mayConnect;
    const tried = await tryServers(reading.ready, route.hosts, {
      dial,
      mayConnect,
      timeouts,
      signal: either,
      onPhase,
      now: means.now,
      beforeDot: means.beforeDot ?? (() => undefined),
    });
    return { ...tried, ...sent, by: route.by };
  } finally {
    clearTimeout(timer);
  }
}
