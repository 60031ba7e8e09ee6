import type { RuleHook } from '../capture/rule-match.ts';
import { networkOf, plainAddress } from '../net/plain-address.ts';
import type { RuleFacts } from './facts.ts';

/** Of whom it can be asked whether they come for the first time. */
export const seenSubjects = ['peer', 'network', 'sender', 'recipient', 'helo'] as const;
export type SeenSubject = (typeof seenSubjects)[number];

const mostRemembered = 100_000;

/** Who was met before, at each hook for itself. What was met longest ago is forgotten first. */
export class SeenMemory {
  readonly #most: number;
  readonly #met = new Map<string, Set<string>>();

  constructor(most = mostRemembered) {
    this.#most = most;
  }

  /** Those who are met for the first time at this hook; from now on they are known. */
  meet(facts: RuleFacts, subjects: Iterable<SeenSubject>): ReadonlySet<SeenSubject> {
    const newcomers = new Set<SeenSubject>();
    for (const subject of subjects) {
      const name = nameOf(subject, facts);
      if (name !== undefined && this.#isNew(facts.hook, subject, name)) newcomers.add(subject);
    }
    return newcomers;
  }

  #isNew(hook: RuleHook, subject: SeenSubject, name: string): boolean {
    const met = this.#metOf(`${hook} ${subject}`);
    const isNew = !met.delete(name);
    met.add(name);
    if (met.size > this.#most) met.delete(met.values().next().value!);
    return isNew;
  }

  #metOf(key: string): Set<string> {
    let met = this.#met.get(key);
    if (!met) this.#met.set(key, (met = new Set()));
    return met;
  }
}

// Memory is bounded by names that are bounded.
const longestName = 320;

export function nameOf(subject: SeenSubject, facts: RuleFacts): string | undefined {
  switch (subject) {
    case 'peer':
      return plainAddress(facts.peer);
    case 'network':
      return networkOf(facts.peer);
    case 'sender':
      return facts.from?.toLowerCase().slice(0, longestName);
    case 'recipient':
      return facts.to.at(-1)?.toLowerCase().slice(0, longestName);
    default:
      return facts.helo?.toLowerCase().slice(0, longestName);
  }
}
