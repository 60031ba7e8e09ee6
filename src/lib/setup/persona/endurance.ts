import { isRefusal, isSuccess } from './answer.ts';
import type { Contact } from './contact.ts';
import type { Conversation } from './converse.ts';
import type { Interview } from './interview.ts';
import { isLate, lateness, median } from './pace.ts';

/** How a server takes it to be told one thing after the other that it does not know. */
export interface Endurance {
  /** Commands that it refused. */
  readonly refused: number;
  /** How it then ended the session; undefined when it did not. */
  readonly end?: { readonly by: 'farewell' | 'lastReply'; readonly text: string };
  /** What it usually said. */
  readonly usual: string;
  readonly slow?: { readonly after: number; readonly ms: number };
}

/** Whoever wants to know more would be a nuisance. The first of them is the introduction. */
const mostCommands = 30;
const mostTime = 120_000;
/** So many late replies in a row are no chance. */
export const enough = 3;

export async function testEndurance(interview: Interview, { hello }: Contact): Promise<Endurance | undefined> {
  const lines = [hello, ...Array.from({ length: mostCommands - 1 }, () => 'FROBNICATE')];
  return enduranceIn(await interview.talk(lines, { time: mostTime }), interview.replies);
}

/** Undefined where nothing was refused. */
export function enduranceIn({ replies, broken }: Conversation, paces: readonly number[]): Endurance | undefined {
  const [greeting, hello, ...answers] = replies;
  const [first] = answers;
  if (!greeting || !hello || !isSuccess(hello.text) || !first || !isRefusal(first.text)) return undefined;
  const farewell = answers.find(({ text }) => text.startsWith('421'));
  const refused = answers.filter(({ text }) => isRefusal(text));
  const last = refused.at(-1)!;
  const after = refused.findIndex((_, index) => refused.slice(index).every(isSlow));
  const slow = refused.slice(after).map(({ ms }) => lateness(ms - first.ms, paces));
  return {
    refused: refused.length,
    usual: first.text,
    ...(farewell && { end: { by: 'farewell', text: farewell.text } }),
    ...(!farewell && broken?.by === 'server' && { end: { by: 'lastReply', text: last.text } }),
    ...(after > 0 && slow.length >= enough && { slow: { after, ms: median(slow) } }),
  };

  function isSlow({ ms }: { readonly ms: number }): boolean {
    return isLate(ms - first!.ms, paces);
  }
}
