import type { Envelope, PeerText } from '../capture/capture.ts';
import type { RelayMode } from './relay-mode.ts';
import type { RelayReport } from './relay/report.ts';

/**
 * held → approved or denied; approved → sending, or held again; sending → relayed, refused, unreachable or uncertain.
 * What waits too long for its place expires.
 */
export const probeStates = [
  'held',
  'approved',
  'denied',
  'sending',
  'relayed',
  'refused',
  'unreachable',
  'uncertain',
  'expired',
] as const;
export type ProbeState = (typeof probeStates)[number];

/** What still waits for something to happen, and takes room on the desk. */
export const waitingStates = ['held', 'approved'] as const satisfies readonly ProbeState[];

export function isFinished(state: ProbeState): boolean {
  return state !== 'held' && state !== 'approved' && state !== 'sending';
}

/** A message with which somebody tests the relay, as it lies on the desk. All of it is JSON. */
export interface Probe {
  /** The id of the capture. */
  readonly id: string;
  readonly state: ProbeState;
  /** Why it is in this state, in words that are safe to show. */
  readonly reason: string;
  /** ISO 8601, UTC, as all moments here. */
  readonly heldAt: string;
  readonly changedAt: string;
  readonly rule: string;
  /** Why the rule matched. */
  readonly because: PeerText;
  readonly envelope: Envelope;
  /** One for each recipient of the envelope, in its order. */
  readonly recipients: readonly ProbeRecipient[];
  readonly peer?: string;
  readonly session?: string;
  readonly helo?: PeerText;
  readonly queueId?: string;
  readonly size: number;
  readonly sha256: string;
  /** Whether its bytes are still on the desk. */
  readonly content: 'kept' | 'gone';
  readonly decision?: Decision;
  /** Told apart from any other: what was reserved in the budget for this one. */
  readonly reservation?: number;
  /** One for each domain that it was sent to. */
  readonly reports: readonly RelayReport[];
}

export interface ProbeRecipient {
  /** As the peer gave it. */
  readonly address: PeerText;
  readonly state: ProbeState;
  readonly reason: string;
  /** The address that was used, once one was. */
  readonly sentTo?: string;
  readonly reply?: PeerText;
}

/** Who let it go out, and under which mode: what a sandbox approved must not go out for real. */
export interface Decision {
  readonly by: string;
  readonly is: 'automatic' | 'operator';
  readonly under: RelayMode;
  readonly at: string;
}

/** One thing that happened to a probe, or to the desk when there is none. The story is only ever added to. */
export interface StoryEntry {
  readonly at: string;
  readonly probe?: string;
  readonly what: StoryEvent;
  readonly who: string;
  readonly why: string;
}

export type StoryEvent =
  | ProbeState
  | 'reserved'
  | 'announced'
  | 'reported'
  | 'concluding failed'
  | 'content removed'
  | 'desk created'
  | 'mode'
  | 'stopped'
  | 'resumed';
