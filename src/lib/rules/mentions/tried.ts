import type { TriedCredentials } from '../../capture/capture.ts';
import { base64Search } from './base64.ts';
import { firstFound, type MentionTarget, nothingToFind, type Spellings } from './mention.ts';
import { tokenSearch } from './token-search.ts';

// Shorter ones are in every text.
const shortest = 4;
const longest = 200;
const mostTried = 20;

/** The credentials of this session, as they are or in base64. */
export function triedSpellings(credentials: readonly TriedCredentials[], target: MentionTarget): Spellings {
  const latest = credentials.slice(-mostTried);
  const users = target === 'tried-password' ? [] : latest.map(({ user }) => user);
  const passwords = target === 'tried-user' ? [] : latest.map(({ password }) => password);
  const words = [...new Set([...users, ...passwords])].filter(isTelling);
  if (words.length === 0) return nothingToFind;
  const searches = words.map((word) => tokenSearch(word, isWholeWord));
  const findBare = (text: string) => firstFound(searches, text);
  const encoded = base64Search(words, findBare);
  return { find: (text) => findBare(text) ?? encoded(text) };
}

function isTelling(word: string | undefined): word is string {
  return word !== undefined && word.length >= shortest && word.length <= longest;
}

const letter = /[\p{L}\p{N}]/u;

// A password may begin or end with anything; only where a letter would go on is it part of another word.
function isWholeWord(text: string, start: number, end: number): boolean {
  return !goesOn(text, start - 1, start) && !goesOn(text, end, end - 1);
}

function goesOn(text: string, outside: number, inside: number): boolean {
  return letter.test(text.charAt(outside)) && letter.test(text.charAt(inside));
}
