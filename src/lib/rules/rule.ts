import type { RuleHook, RuleKind } from '../capture/rule-match.ts';
import type { Condition } from './condition.ts';
import type { RuleEffects } from './judgement.ts';

export interface Rule {
  readonly name: string;
  readonly kind: RuleKind;
  readonly hook: RuleHook;
  /** The lower, the earlier. */
  readonly priority: number;
  readonly enabled: boolean;
  /** From this moment on it holds no more: milliseconds since 1970. */
  readonly expires?: number;
  readonly comment?: string;
  readonly tags: readonly string[];
  readonly condition: Condition;
  readonly effects: RuleEffects;
  /** Where it is written, for people: `rules.yml:12:5`. */
  readonly place: string;
}

/** The rules of a file, read and found good. */
export interface RuleDocument {
  /** The first 12 hexadecimal digits of the sha256 of its text. */
  readonly revision: string;
  /** In the order of the file. */
  readonly rules: readonly Rule[];
}
