/** The moments at which rules are asked. */
export const ruleHooks = ['connect', 'helo', 'auth', 'mail', 'rcpt', 'rset', 'message'] as const;
export type RuleHook = (typeof ruleHooks)[number];

/** What somebody who sends such a thing is after. */
export const ruleKinds = ['probe', 'spam', 'phish', 'malware', 'note'] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** A rule that matched. Of all that matched at one hook, the first decided. */
export interface RuleMatch {
  readonly rule: string;
  readonly kind: RuleKind;
  readonly hook: RuleHook;
  /** Why, in words: what was looked at and what was found in it. */
  readonly because: string;
}

/** What the rules had to say of a message, kept with it. */
export interface RuleVerdict {
  /** Which rules these were: the beginning of a hash over the file. */
  readonly revision: string;
  /** In the order of their priority. */
  readonly matches: readonly RuleMatch[];
  /** The rule for which the message waits on the probe desk. */
  readonly probe?: string;
  /** A rule said to keep the evidence and the hash alone. */
  readonly contentDropped?: true;
  /** Links that were found in the message, when a rule asked for them. */
  readonly urls?: readonly string[];
}
