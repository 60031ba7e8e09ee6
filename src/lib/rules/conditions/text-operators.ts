import { excerpt } from '../excerpt.ts';
import type { Inquiry } from '../inquiry.ts';
import type { MentionTarget } from '../mentions/mention.ts';
import type { Pattern } from '../pattern.ts';

/** One comparison of a text. */
export interface TextOperator {
  readonly words: string;
  /** Whether there is anything at all that it could find now, whatever the text; without it there always is. */
  mayFind?(inquiry: Inquiry): boolean;
  /** What was found, as the end of a sentence that begins with the field. */
  find(text: string, inquiry: Inquiry): string | undefined;
}

export type Letters = 'any case' | 'exact case';
type Comparison = (text: string, wanted: string) => boolean;

const comparisons = {
  contains: (text, wanted) => text.includes(wanted),
  equals: (text, wanted) => text === wanted,
  starts: (text, wanted) => text.startsWith(wanted),
  ends: (text, wanted) => text.endsWith(wanted),
} as const satisfies Readonly<Record<string, Comparison>>;

export type ComparisonName = keyof typeof comparisons;
export const comparisonNames = Object.keys(comparisons) as readonly ComparisonName[];

const verbs: Readonly<Record<ComparisonName, string>> = {
  contains: 'contains',
  equals: 'is',
  starts: 'starts with',
  ends: 'ends with',
};

/** Holds when one of the wanted texts fits. */
export function comparison(
  name: ComparisonName,
  wanted: readonly string[],
  fold: (text: string) => string,
  letters: Letters,
): TextOperator {
  const compares: Comparison = comparisons[name];
  const forms = wanted.map((text) => ({ text, form: letters === 'any case' ? fold(text) : text }));
  return {
    words: `${verbs[name]} ${wanted.map(excerpt).join(' or ')}`,
    find(text, inquiry) {
      const form = letters === 'any case' ? inquiry.folded(text) : text;
      const found = forms.find((each) => compares(form, each.form));
      return found && `${verbs[name]} ${excerpt(found.text)}`;
    },
  };
}

export function patterns(wanted: readonly Pattern[]): TextOperator {
  const shown = (pattern: Pattern) => excerpt(pattern.source);
  return {
    words: `matches ${wanted.map(shown).join(' or ')}`,
    find(text, inquiry) {
      const found = wanted.find((pattern) => pattern.matches(text, inquiry));
      return found && `matches ${shown(found)}`;
    },
  };
}

export function mentions(targets: readonly MentionTarget[]): TextOperator {
  return {
    words: `mentions ${targets.join(' or ')}`,
    mayFind: (inquiry) => targets.some((target) => inquiry.knows(target)),
    find(text, inquiry) {
      for (const target of targets) {
        const found = inquiry.mention(target, text);
        if (!found) continue;
        const seen = found.seen === found.what ? '' : ` (${excerpt(found.seen)})`;
        return `mentions ${target} ${excerpt(found.what)} ${found.form}${seen}`;
      }
      return undefined;
    },
  };
}

/** Holds when a letter of one of these scripts is in it. */
export function scripts(names: readonly string[]): TextOperator {
  const letters = names.map((name) => ({ name, letter: new RegExp(`\\p{Script=${name}}`, 'u') }));
  return {
    words: `has letters of the script ${names.join(' or ')}`,
    find(text) {
      const found = letters.find(({ letter }) => letter.test(text));
      return found && `has letters of the script ${found.name}`;
    },
  };
}
