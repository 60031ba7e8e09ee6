import type { CaptureFacts, SessionFacts } from '../../capture/capture.ts';
import type { RuleHook, RuleKind, RuleMatch } from '../../capture/rule-match.ts';

export interface RuleHit {
  readonly kind: RuleKind;
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly lastAt: string;
}

export type KeptHits = readonly (readonly [rule: string, hit: RuleHit])[];

/** Far more rules than anybody writes; but they are renamed, and a sensor runs for years. */
const mostRules = 4096;

const ofSession: readonly RuleHook[] = ['connect', 'helo', 'auth', 'rset'];

/**
 * What a message says of rules, without what its session says again. A message that came without a session has nobody
 * else to say it.
 */
export function hitsOfMessage({ rules, evidence }: CaptureFacts): readonly RuleMatch[] {
  const matches = rules?.matches ?? [];
  return evidence ? matches.filter(({ hook }) => !ofSession.includes(hook)) : matches;
}

/** What a session says of rules, without what its messages have said already. */
export function hitsOfSession({ rules = [], messages }: SessionFacts): readonly RuleMatch[] {
  return messages > 0 ? rules.filter(({ hook }) => ofSession.includes(hook)) : rules;
}

/** How often each rule matched, and when last. */
export class RuleHits {
  readonly #hits: Map<string, RuleHit>;

  constructor(kept: KeptHits = []) {
    this.#hits = new Map(kept);
  }

  count({ rule, kind }: RuleMatch, at: string): void {
    const known = this.#hits.get(rule);
    const lastAt = known && known.lastAt > at ? known.lastAt : at;
    if (!known && this.#hits.size >= mostRules) this.#forgetOldest();
    this.#hits.set(rule, { kind, count: (known?.count ?? 0) + 1, lastAt });
  }

  kept(): KeptHits {
    return [...this.#hits];
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#hits].reduce((a, b) => (b[1].lastAt < a[1].lastAt ? b : a));
    this.#hits.delete(oldest);
  }
}
