/** Whom or what a text may name. */
export const mentionTargets = ['own-address', 'own-host', 'tried-credentials', 'tried-user', 'tried-password'] as const;
export type MentionTarget = (typeof mentionTargets)[number];

export interface Mention {
  /** What is named: an address, a host, a user. */
  readonly what: string;
  /** In which form: `as it is`, `in base64`. */
  readonly form: string;
  /** As it stands there. */
  readonly seen: string;
}

/** Finds one sort of thing in any text, in every form in which testers write it. */
export interface Spellings {
  find(text: string): Mention | undefined;
}

export const nothingToFind: Spellings = { find: () => undefined };

/** The first that one of the searches finds. */
export function firstFound(
  searches: Iterable<(text: string) => Mention | undefined>,
  text: string,
): Mention | undefined {
  for (const search of searches) {
    const found = search(text);
    if (found) return found;
  }
  return undefined;
}
