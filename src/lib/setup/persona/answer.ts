import { printableWithin } from '../../text/printable.ts';
import type { Conversation } from './converse.ts';

/** What a server said to the last of some lines; or why that is not known. */
export type Answer =
  | { readonly is: 'reply'; readonly text: string; readonly ms: number }
  | { readonly is: 'missing'; readonly why: string };

export function answerTo(lines: readonly string[], { replies, broken }: Conversation): Answer {
  const leadUp = replies.slice(0, lines.length);
  const refused = leadUp.findIndex(({ text }) => !isSuccess(text));
  if (refused >= 0) {
    const what = refused === 0 ? 'connections are' : `${lines[refused - 1]} is`;
    return { is: 'missing', why: `${what} answered ${quoted(leadUp[refused]!.text)}` };
  }
  const last = replies[lines.length];
  return last === undefined ? { is: 'missing', why: broken?.why ?? 'no answer' } : { is: 'reply', ...last };
}

export function isSuccess(text: string): boolean {
  return text.startsWith('2') || text.startsWith('3');
}

/** 421 is a farewell: it says nothing about what was asked. */
export function isRefusal(text: string): boolean {
  return (text.startsWith('4') || text.startsWith('5')) && !text.startsWith('421');
}

/** A server's words within a sentence of ours. */
export function quoted(text: string): string {
  return `"${printableWithin(text, 100)}"`;
}
