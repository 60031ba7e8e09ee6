import type { Mention } from './mention.ts';

/** Whether what stands before and behind lets it be a word of its own. */
export type IsWhole = (text: string, start: number, end: number) => boolean;

/** Finds a text as a whole word. Most of what is looked at does not have it, so this is one search and no more. */
export function tokenSearch(token: string, isWhole: IsWhole): (text: string) => Mention | undefined {
  return (text) => {
    for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + token.length)) {
      if (isWhole(text, at, at + token.length)) return { what: token, seen: token, form: 'as it is' };
    }
    return undefined;
  };
}
