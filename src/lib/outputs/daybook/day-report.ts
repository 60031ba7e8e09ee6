import type { PeerText } from '../../capture/capture.ts';
import type { Id } from '../../capture/id.ts';
import type { DaySummary } from './summary.ts';

/** A probe and what has become of it so far, as whoever decides on probes tells it. */
export interface ProbeFate {
  /** When it came: ISO 8601, UTC. */
  readonly at: string;
  readonly id: Id;
  readonly rule: string;
  readonly recipients: readonly PeerText[];
  readonly fate: string;
  readonly reason: string;
}

/** What the mail of a day says: its summary, and the fates of its probes. */
export interface DayReport extends DaySummary {
  readonly sensor: string;
  readonly probes: {
    readonly count: number;
    /** The newest last. */
    readonly fates: readonly ProbeFate[];
    /** So many earlier ones are left out. */
    readonly leftOut: number;
  };
}

const mostFates = 200;
const mostRecipients = 20;

export function dayReport(summary: DaySummary, sensor: string, fates: readonly ProbeFate[]): DayReport {
  const shown = fates
    .slice(-mostFates)
    .map((fate) => ({ ...fate, recipients: fate.recipients.slice(0, mostRecipients) }));
  return {
    ...summary,
    sensor,
    // The desk may know of a probe before the journal has been read so far.
    probes: { count: Math.max(summary.probes.count, fates.length), fates: shown, leftOut: fates.length - shown.length },
  };
}
