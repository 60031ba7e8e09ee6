import { isFieldName } from '../../query/fields.ts';

const field = /^(!?)([a-z][a-z0-9]*):(?!\/\/)/i;

/**
 * A filter from the words of a command line. The shell takes the quotes away from `subject:"unpaid invoice"`: a word in
 * which there are blanks gets them back, unless it is a filter of several words by itself.
 */
export function filterFromWords(words: readonly string[]): string {
  return words.map(requoted).join(' ');
}

function requoted(word: string): string {
  const named = field.exec(word);
  const value = word.slice(named?.[0].length ?? 0);
  if (named === null || !isFieldName(named[2]!.toLowerCase()) || !/\s/.test(value) || value.includes('"')) return word;
  const isFilter = value.split(/\s+/).some((each) => isFieldName(field.exec(each)?.[2]?.toLowerCase() ?? ''));
  return isFilter ? word : `${named[0]}"${value.replaceAll('\\', String.raw`\\`)}"`;
}
