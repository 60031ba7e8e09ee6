import { nearest } from '../text/nearest.ts';

// The distance of two words costs the product of their lengths, and no word of ours is this long.
const longestWord = 64;

/** The known word that the writer most likely meant. */
export function suggestion(word: string, known: Iterable<string>): { readonly suggestion?: string } {
  const near = word.length > longestWord ? undefined : nearest(word, known);
  return near === undefined ? {} : { suggestion: near };
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
