import type { Phase } from './phase.ts';

/** In milliseconds. */
export interface RelayTimeouts {
  /** For each question to DNS, whatever is sent again meanwhile. */
  readonly dns: number;
  readonly connect: number;
  readonly greeting: number;
  readonly handshake: number;
  /** For the answer to a command. */
  readonly command: number;
  /** Until a server has taken the content, as far as our kernel knows. */
  readonly content: number;
  /** For the answer to the final dot. Without one nobody ever knows whether the message was taken. */
  readonly answer: number;
  readonly quit: number;
  /** For everything together, with all servers that are tried. */
  readonly total: number;
}

// Shorter than RFC 5321, 4.5.3.2 wants it of a queue: nothing waits behind a probe, and an operator may look on.
export const usualTimeouts: RelayTimeouts = {
  dns: 10_000,
  connect: 30_000,
  greeting: 60_000,
  handshake: 30_000,
  command: 60_000,
  content: 180_000,
  answer: 300_000,
  quit: 5_000,
  total: 900_000,
};

const byPhase: Readonly<Record<Phase, keyof RelayTimeouts>> = {
  connecting: 'connect',
  greeting: 'greeting',
  hello: 'command',
  startTls: 'command',
  handshake: 'handshake',
  sender: 'command',
  recipients: 'command',
  data: 'command',
  content: 'content',
  dot: 'answer',
  quit: 'quit',
  over: 'quit',
};

export function timeoutOf(phase: Phase, timeouts: RelayTimeouts): number {
  return timeouts[byPhase[phase]];
}
