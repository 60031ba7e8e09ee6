import { unescapeEntities } from './entities.ts';

export const mostUrls = 200;
const longestUrl = 2048;
const mostPunctuation = 8;
const url = /\b(?:https?|ftps?|smb|ssh):\/\/[^\s<>"'`\\^{|}\u0000-\u0020\u00a0]+/gi;

/** A text in which each link is written in another way. */
export function withLinks(text: string, written: (link: string) => string): string {
  return text.includes('://') ? text.replaceAll(url, written) : text;
}

/** The links in a text, each once, in their order. */
export function urlsInText(text: string): readonly string[] {
  if (!text.includes('://')) return [];
  const found = new Set<string>();
  for (const [match] of text.matchAll(url)) {
    found.add(withoutPunctuation(unescapeEntities(match.slice(0, longestUrl))));
    if (found.size >= mostUrls) break;
  }
  return [...found];
}

/** What ends a sentence is no part of the link that it ends with. */
function withoutPunctuation(link: string): string {
  let end = link.length;
  const least = Math.max(0, end - mostPunctuation);
  while (end > least && '.,;:!?)]*'.includes(link.charAt(end - 1)) && !closesWithin(link, end)) end--;
  return link.slice(0, end);
}

function closesWithin(link: string, end: number): boolean {
  const last = link.charAt(end - 1);
  const open = last === ')' ? '(' : last === ']' ? '[' : undefined;
  return open !== undefined && link.lastIndexOf(open, end - 1) > link.lastIndexOf(last, end - 2);
}
