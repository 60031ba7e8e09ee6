import type { AnyOccasion, Persona } from '../../smtp/persona.ts';
import { isRefusal, isSuccess, quoted } from './answer.ts';
import { ownName, type Asked } from './question.ts';

/** A reply that has something to teach. */
export interface Learned {
  readonly occasion: AnyOccasion;
  readonly text: string;
  readonly ms: number;
  /** What a reply may repeat of the question. */
  readonly argument?: string;
}

/** No persona is to say more at once, and a file of them has to stay a file that can be read. */
const mostText = 8 * 2 ** 10;

export type Lesson = Learned | { readonly remark: string };

export function lessonsOf(asked: readonly Asked[]): readonly Lesson[] {
  const etrn = asked.find(({ question }) => question.occasion === 'etrn')?.answer;
  return asked.flatMap(({ question: { occasion, expects, argument }, answer }): readonly Lesson[] => {
    if (answer.is === 'missing') return [{ remark: `${occasion}: ${answer.why}` }];
    const text = answer.text.replaceAll(/^(\d{3})\t/gm, '$1 ');
    if (
      JSON.stringify(text).length > mostText ||
      text.startsWith('421') ||
      (expects === 'success' && !isSuccess(text))
    ) {
      return [{ remark: `${occasion}: it said ${quoted(text)}` }];
    }
    // A server without the rule answers as usual, and has nothing to teach.
    if (expects === 'refusal' && !isRefusal(text)) return [];
    if (occasion === 'etrnSyntax' && etrn?.is === 'reply' && text === etrn.text) return [];
    return [{ occasion, text, ms: answer.ms, ...(argument !== undefined && { argument }) }];
  });
}

/** Whether the base says the same, whatever it fills in. A command that it does not know it says is unknown. */
export function couldSay({ replies }: Persona, { occasion, text }: Learned): boolean {
  const template = replies[occasion] ?? replies.unknown;
  const parts = template.split(/\{\w+\}/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*?')}$`, 's').test(text);
}

export function templateOf({ text, argument }: Learned, hosts: readonly string[]): string {
  const date = /\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g;
  const withArgument = argument === undefined ? text : text.replaceAll(argument, '{argument}');
  return hosts
    .toSorted((a, b) => b.length - a.length)
    .reduce((said, host) => said.replaceAll(host, '{host}'), withArgument)
    .replaceAll(date, '{date}')
    .replaceAll(ownName, '{helo}')
    .replaceAll('FOO=1', '{option}')
    .replaceAll('FROBNICATE', '{argument}')
    .replaceAll(/\[[\d.]+\]|\[(?:IPv6:)?[\da-f:]{3,}\]/gi, '[{peer}]');
}
