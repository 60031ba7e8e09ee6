import { unescapeEntities } from './entities.ts';

const invisible = /^(?:script|style)[\s/>]/i;
const breaking = /^\/?(?:p|div|br|tr|td|th|li|ul|ol|table|h[1-6]|hr|blockquote|pre|option)[\s/>]/i;

/** What a reader would see of HTML. One pass: what is never closed hides what follows it, as in a browser. */
export function htmlToText(html: string): string {
  const lower = html.toLowerCase();
  const shown: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    shown.push(html.slice(at, open));
    const after = afterTag(html, lower, open, shown);
    if (after < 0) return finish(shown);
    at = after;
  }
  shown.push(html.slice(at));
  return finish(shown);
}

/** Where the text goes on; -1 when nothing more is seen. */
function afterTag(html: string, lower: string, open: number, shown: string[]): number {
  if (html.startsWith('<!--', open)) return past(html, '-->', open + 4);
  const isTag = /[a-z/!?]/i.test(html.charAt(open + 1));
  if (!isTag) {
    shown.push('<');
    return open + 1;
  }
  const start = html.slice(open + 1, open + 16);
  const close = past(html, '>', open + 1);
  if (breaking.test(start)) shown.push('\n');
  const hidden = invisible.exec(start)?.[0].slice(0, -1).toLowerCase();
  return hidden === undefined || close < 0 ? close : past(lower, `</${hidden}`, close);
}

function past(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  if (found < 0) return -1;
  // The end tag of something invisible is itself a tag, whose `>` is still to come.
  return end.startsWith('</') ? found : found + end.length;
}

function finish(shown: readonly string[]): string {
  return unescapeEntities(shown.join(''));
}
