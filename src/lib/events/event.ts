import type { IntakeName, PeerText, SessionEnd } from '../capture/capture.ts';

/**
 * Everything that can be told, as one closed union. The keys are flat and stable: as JSON lines they are an interface
 * (docs/events.md). Values of type PeerText come from peers and may hold anything.
 */
export type Event =
  | { readonly event: 'listening'; readonly intake: IntakeName; readonly address: string; readonly port: number }
  | { readonly event: 'ready'; readonly dataDir: string }
  | { readonly event: 'stopping'; readonly why: string }
  | { readonly event: 'stopped' }
  | { readonly event: 'failed'; readonly code: string; readonly message: string; readonly fix: string }
  | {
      readonly event: 'session.opened';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly peerPort: number;
    }
  | {
      readonly event: 'session.closed';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly endedBy: SessionEnd;
      readonly messages: number;
      readonly commands: number;
      readonly errors: number;
      readonly helo?: PeerText | undefined;
    }
  | {
      readonly event: 'session.failed';
      readonly intake: IntakeName;
      readonly session: string;
      readonly detail: string;
    }
  | { readonly event: 'session.rejected'; readonly intake: IntakeName; readonly peer: string; readonly limit: string }
  | {
      readonly event: 'capture.accepted';
      readonly intake: IntakeName;
      readonly id: string;
      readonly session: string;
      readonly peer: string;
      readonly from: PeerText;
      readonly to: PeerText;
      readonly recipients: number;
      readonly size: number;
      readonly sha256: string;
    }
  | {
      readonly event: 'capture.refused';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly why: 'full' | 'failed' | 'busy' | 'closed';
      readonly detail: string;
    }
  | { readonly event: 'journal.recovered'; readonly segment: number; readonly cutBytes: number }
  | {
      readonly event: 'journal.refusing';
      readonly why: 'full' | 'failed' | 'busy' | 'closed';
      readonly detail: string;
    }
  | { readonly event: 'journal.resumed' }
  | { readonly event: 'journal.rotated'; readonly segment: number }
  | { readonly event: 'journal.removed'; readonly segment: number; readonly bytes: number }
  | { readonly event: 'journal.untidy'; readonly detail: string }
  | {
      readonly event: 'output.opened';
      readonly output: string;
      readonly segment: number;
      readonly offset: number;
      readonly paused: boolean;
    }
  | { readonly event: 'output.delivered'; readonly output: string; readonly count: number; readonly lastId: string }
  | {
      readonly event: 'output.failed';
      readonly output: string;
      readonly detail: string;
      readonly attempt: number;
      readonly retryInMs: number;
    }
  | { readonly event: 'output.quarantined'; readonly output: string; readonly id: string; readonly detail: string }
  | {
      readonly event: 'output.skipped';
      readonly output: string;
      readonly fromSegment: number;
      readonly toSegment: number;
    }
  | { readonly event: 'output.restarted'; readonly output: string; readonly detail: string }
  | { readonly event: 'output.unconfigured'; readonly output: string }
  | { readonly event: 'events.dropped'; readonly count: number };

export type EventName = Event['event'];
export type EventOf<Name extends EventName> = Extract<Event, { readonly event: Name }>;

/** An event with the moment it was told, ISO 8601 UTC. */
export type TimedEvent = { readonly time: string } & Event;

export type Emit = (event: Event) => void;
