import { foldCase } from '../text/fold-case.ts';

// What differs between the messages of one campaign, and is no part of what they say.
const links = /\b(?:[a-z][a-z0-9+.-]{1,10}:\/\/|www\.)[^\s<>"]{1,2000}/g;
const addresses = /[^\s<>@]{1,64}@[^\s<>@]{1,255}/g;
/** Characters that nobody sees, and marks that make one letter of another. */
const unseen = /[\p{Cf}\p{M}]+/gu;
// Scripts without blanks between words are taken letter by letter.
const word = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}]+/gu;

const longestText = 40_000;
const longestWord = 24;

/** The words of a text that carry what it says: without what is personal, and without what is there to be different. */
export function wordsIn(text: string): readonly string[] {
  const plain = foldCase(text.slice(0, longestText).normalize('NFKD')).replaceAll(unseen, '');
  return (plain.replaceAll(links, ' ').replaceAll(addresses, ' ').match(word) ?? []).filter(isSpoken);
}

/** Digits and letters mixed, or no vowel in a long word: such things are made by chance, to be different each time. */
function isSpoken(word: string): boolean {
  if (word.length > longestWord || /\d/.test(word)) return false;
  return word.length < 5 || !/^[bcdfghjklmnpqrstvwxz]+$/.test(word);
}
