import type { SessionFacts } from '../capture/capture.ts';
import type { Emit } from '../events/event.ts';
import type { Draft } from '../journal/draft.ts';
import type { SmtpLimits } from '../smtp/limits.ts';
import type { Persona } from '../smtp/persona.ts';

export interface RelayLimits extends SmtpLimits {
  /** Connections at a time. */
  readonly connections: number;
  /** Milliseconds of silence before a session is ended. */
  readonly idle: number;
  /** Milliseconds that a session may last. */
  readonly session: number;
}

/** What an intake needs of the journal. */
export interface Keeper {
  draft(): Draft;
  note(session: SessionFacts): void;
}

export interface RelaySettings {
  readonly host: string;
  readonly persona: Persona;
  readonly limits: RelayLimits;
  readonly journal: Keeper;
  readonly emit: Emit;
  readonly newSessionId: () => string;
  readonly newQueueId: () => string;
  readonly now: () => number;
}
