import type { SeenMemory } from './seen-memory.ts';

/** What rules compare with and is not in the session: who we are, what time it is, whom we have met. */
export interface RuleSurroundings {
  /** Asked again for each message, because addresses change. */
  readonly ownAddresses: () => readonly string[];
  /** Names with a dot in them; `localhost` says nothing, and is not looked for. */
  readonly ownHosts: () => readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Handed on from one set of rules to the next, so that a reload forgets nobody. */
  readonly seen?: SeenMemory;
}
