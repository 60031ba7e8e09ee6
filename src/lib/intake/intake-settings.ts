import type { SecureContext } from 'node:tls';
import type { SessionFacts } from '../capture/capture.ts';
import type { Emit } from '../events/event.ts';
import type { Draft } from '../journal/draft.ts';
import type { Networks } from '../net/network.ts';
import type { SmtpLimits } from '../smtp/limits.ts';
import type { LoginSettings } from '../smtp/login.ts';
import type { Persona } from '../smtp/persona.ts';
import type { RulesInForce } from './session-rules.ts';
import type { Dialect } from '../smtp/verbs.ts';

/** How many may come. */
export interface ConnectionLimits {
  /** Connections at a time. */
  readonly connections: number;
  /** Of one address, and of one network (/24 for IPv4, /64 for IPv6); without it as many as in all. */
  readonly perAddress?: number | undefined;
  readonly perNetwork?: number | undefined;
}

/** How long a peer may take, in milliseconds. */
export interface Deadlines {
  /** Without a byte from it. */
  readonly idle: number;
  /** For one command, from our last word to its end. */
  readonly command: number;
  /** For the content of one message. */
  readonly content: number;
  /** For a TLS handshake, or the line with which a proxy introduces it. */
  readonly handshake: number;
  /** For all of the session. */
  readonly session: number;
}

export type IntakeLimits = SmtpLimits & ConnectionLimits & Deadlines;

/** Peers that are answered slowly, in places of their own. */
export interface TarpitSettings {
  readonly networks: Networks;
  /** Milliseconds before each reply. */
  readonly delay: number;
  readonly slots: number;
  /** How long a peer that was cut off for its errors is remembered; 0 remembers nobody. */
  readonly memory: number;
}

/** What an intake needs of the journal. */
export interface Keeper {
  draft(): Draft;
  note(session: SessionFacts): void;
}

export interface IntakeSettings {
  readonly intake: 'relay' | 'lmtp';
  readonly host: string;
  readonly persona: Persona;
  readonly dialect: Dialect;
  readonly limits: IntakeLimits;
  readonly tarpit?: TarpitSettings | undefined;
  readonly login: LoginSettings;
  readonly takes: (recipient: string) => boolean;
  /** The certificate as it is now; without it there is no TLS. */
  readonly secureContext?: (() => SecureContext) | undefined;
  /** Who may say, by the PROXY protocol, for whom it comes. */
  readonly proxies?: Networks | undefined;
  /** The rules in force; without them everything is as the persona has it. */
  readonly rules?: RulesInForce | undefined;
  readonly journal: Keeper;
  readonly emit: Emit;
  readonly newSessionId: () => string;
  readonly newQueueId: () => string;
  readonly now: () => number;
}
