import type { RuleMatch } from '../capture/rule-match.ts';

/** What the rules say of one moment of a session. */
export interface Judgement {
  /** In the order of priority. */
  readonly matches: readonly RuleMatch[];
  /** Those of the first match. */
  readonly effects: RuleEffects | undefined;
  /** Those of all matches. */
  readonly tags: readonly string[];
  /** Patterns that were not asked any more, because what they may cost was used up. */
  readonly unasked?: number;
}

export interface RuleEffects {
  readonly rule: string;
  /** Put on the probe desk. */
  readonly relay?: true;
  readonly folder?: string;
  readonly content?: 'keep' | 'drop';
  readonly reply?: RuleReply;
  /** Milliseconds. */
  readonly tarpit?: number;
  readonly extractUrls?: true;
}

/** Whole replies with their code; words in braces are for the session to fill in. */
export interface RuleReply {
  readonly text: string;
  readonly byPersona: Readonly<Record<string, string>>;
}
