import { type RuleHook, ruleHooks, type RuleMatch } from '../capture/rule-match.ts';
import type { RuleFacts } from './facts.ts';
import { Inquiry } from './inquiry.ts';
import type { Judgement } from './judgement.ts';
import { OwnNames } from './mentions/own-names.ts';
import type { Rule, RuleDocument } from './rule.ts';
import { SeenMemory, type SeenSubject } from './seen-memory.ts';
import type { RuleSurroundings } from './surroundings.ts';

const nothing: Judgement = Object.freeze({ matches: [], effects: undefined, tags: [] });
// What is stored of a match is for people and is repeated with every message.
const longestBecause = 500;

/** The rules of a file, ready to be asked. */
export class RuleSet {
  readonly revision: string;
  /** In the order of their priority; those that are equal in the order of the file. */
  readonly rules: readonly Rule[];
  /** Whether a message has to be looked into, and not only at its envelope and size. */
  readonly looksInside: boolean;
  readonly #byHook: ReadonlyMap<RuleHook, readonly Rule[]>;
  readonly #meets: ReadonlyMap<RuleHook, readonly SeenSubject[]>;
  readonly #own: OwnNames;
  readonly #seen: SeenMemory;
  readonly #now: () => number;

  constructor({ revision, rules }: RuleDocument, surroundings: RuleSurroundings) {
    this.revision = revision;
    this.rules = inOrder(rules);
    const enabled = this.rules.filter((rule) => rule.enabled);
    this.#byHook = new Map(ruleHooks.map((hook) => [hook, enabled.filter((rule) => rule.hook === hook)]));
    this.#meets = new Map(
      [...this.#byHook].map(([hook, rules]) => [hook, [...new Set(rules.flatMap(({ condition }) => condition.meets))]]),
    );
    this.looksInside = this.#rulesAt('message').some(
      ({ condition, effects }) => condition.looksInside || effects.extractUrls === true,
    );
    this.#own = new OwnNames(surroundings);
    this.#seen = surroundings.seen ?? new SeenMemory();
    this.#now = surroundings.now;
  }

  /** Whether any rule that is enabled and not expired has something to say at this hook. */
  asks(hook: RuleHook): boolean {
    return this.#rulesAt(hook).some((rule) => this.#holdsNow(rule));
  }

  /** What the rules say. Whatever a peer sends, this does not throw. */
  judge(facts: RuleFacts): Judgement {
    const rules = this.#rulesAt(facts.hook).filter((rule) => this.#holdsNow(rule));
    if (rules.length === 0) return nothing;
    const inquiry = this.#inquiry(facts);
    const matching: { readonly rule: Rule; readonly match: RuleMatch }[] = [];
    for (const rule of rules) {
      const because = rule.condition.find(inquiry);
      if (because !== undefined) matching.push({ rule, match: matchOf(rule, because) });
    }
    const { unasked } = inquiry.effort;
    if (matching.length === 0 && unasked === 0) return nothing;
    return {
      matches: matching.map(({ match }) => match),
      effects: matching[0]?.rule.effects,
      tags: [...new Set(matching.flatMap(({ rule }) => rule.tags))],
      ...(unasked > 0 && { unasked }),
    };
  }

  /** Every rule of the hook, also those that do not hold now, with what became of it. */
  explain(facts: RuleFacts): readonly Explanation[] {
    const inquiry = this.#inquiry(facts);
    return this.rules
      .filter((rule) => rule.hook === facts.hook)
      .map((rule) => {
        const idle = !rule.enabled ? 'disabled' : this.#holdsNow(rule) ? undefined : 'expired';
        const because = rule.condition.find(inquiry);
        return {
          rule,
          matches: because !== undefined,
          why: because ?? rule.condition.failure(inquiry),
          ...(idle && { idle }),
        };
      });
  }

  #inquiry(facts: RuleFacts): Inquiry {
    return new Inquiry(facts, this.#own, this.#seen.meet(facts, this.#meets.get(facts.hook) ?? []));
  }

  #rulesAt(hook: RuleHook): readonly Rule[] {
    return this.#byHook.get(hook) ?? [];
  }

  #holdsNow({ expires }: Rule): boolean {
    return expires === undefined || this.#now() < expires;
  }
}

/** As rules are asked: by priority, and those that are equal as they are written. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((a, b) => a.priority - b.priority);
}

/** Rules that were read, made ready to be asked where they are to hold. */
export function compileRules(document: RuleDocument, surroundings: RuleSurroundings): RuleSet {
  return new RuleSet(document, surroundings);
}

export interface Explanation {
  readonly rule: Rule;
  readonly matches: boolean;
  /** What was found, or the first condition that does not hold. */
  readonly why: string;
  /** Why it decides nothing, whatever it finds. */
  readonly idle?: 'disabled' | 'expired';
}

function matchOf({ name, kind, hook }: Rule, because: string): RuleMatch {
  const shown = because.length > longestBecause ? `${because.slice(0, longestBecause)}…` : because;
  return { rule: name, kind, hook, because: shown };
}
