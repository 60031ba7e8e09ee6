const everything = /[=%]([2-7][0-9a-f])/gi;
const punctuation = /[=%](2e|3a|2d|40|5b|5d)/gi;

/**
 * The text with `=2E` and `%2E` read as the letters they stand for. Before a number of an address `=` may be a sign of
 * its own (`ip=20=2E0…`), so there is a second reading in which only dots and the like are escaped.
 */
export function unescaped(text: string): readonly string[] {
  if (!text.includes('=') && !text.includes('%')) return [];
  const joined = text.replaceAll(/=[ \t]*\r?\n/g, '');
  return [...new Set([clear(joined, everything), clear(joined, punctuation)])].filter((each) => each !== text);
}

function clear(text: string, escape: RegExp): string {
  return text.replaceAll(escape, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
