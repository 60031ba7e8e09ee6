import { inAllForms } from './forms.ts';
import { firstFound, nothingToFind, type Spellings } from './mention.ts';
import { tokenSearch } from './token-search.ts';

/** A host is named by its whole name: `www.mail.example.org` and `notmail.example.org` are others. */
export function hostSpellings(hosts: readonly string[]): Spellings {
  const names = [...new Set(hosts.map((host) => host.toLowerCase().replace(/\.$/, '')))].filter(isTelling);
  if (names.length === 0) return nothingToFind;
  const searches = names.map((name) => tokenSearch(name, isWholeName));
  const find = (text: string) => firstFound(searches, text.toLowerCase());
  return inAllForms(find, [...names, ...names.map((name) => name.toUpperCase())]);
}

function isTelling(name: string): boolean {
  return name.includes('.') && name.length >= 4;
}

// An address at our host is named by everybody who writes to it: that is no mention.
function isWholeName(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  if (/[0-9a-z@-]/.test(before)) return false;
  if (before === '.' && /[0-9a-z_-]/.test(text.charAt(start - 2))) return false;
  const behind = text.charAt(end);
  return !/[0-9a-z_-]/.test(behind) && !(behind === '.' && /[0-9a-z]/.test(text.charAt(end + 1)));
}
