/** Rules that are the same for all, as somebody has published them. */
export interface RulesForAll {
  /** The text of a file of rules. */
  readonly text: string;
  /** ISO 8601. */
  readonly publishedAt: string;
  readonly by: string;
}

export const rulesKey = 'rules';
