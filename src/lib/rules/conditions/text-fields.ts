import type { RuleHook } from '../../capture/rule-match.ts';
import type { RuleFacts } from '../facts.ts';
import type { MessageView } from '../../mime/message-view.ts';
import { isTrace } from './trace-headers.ts';

/** Something that a rule compares with texts. */
export interface TextField {
  readonly name: string;
  /** The first hook at which it is known. */
  readonly since: RuleHook;
  readonly looksInside: boolean;
  values(facts: RuleFacts): readonly string[];
}

const session = (name: string, since: RuleHook, values: TextField['values']): TextField => ({
  name,
  since,
  looksInside: false,
  values,
});

const inside = (name: string, values: TextField['values']): TextField => ({
  name,
  since: 'message',
  looksInside: true,
  values,
});

export const textFields: readonly TextField[] = [
  session('helo', 'helo', ({ helo }) => given(helo)),
  session('protocol', 'helo', ({ protocol }) => given(protocol)),
  session('user', 'auth', (facts) => tried(facts, 'user')),
  session('password', 'auth', (facts) => tried(facts, 'password')),
  session('sender', 'mail', ({ from }) => given(from)),
  session('recipient', 'rcpt', ({ hook, to }) => (hook === 'rcpt' ? to.slice(-1) : to)),
  inside('subject', ({ message }) => given(message?.subject)),
  inside('from', ({ message }) => message?.header('from') ?? []),
  inside('to', ({ message }) => [...(message?.header('to') ?? []), ...(message?.header('cc') ?? [])]),
  inside('headers', headerValues),
  inside('text', ({ message }) => given(message?.text)),
  inside('html', ({ message }) => htmlOf(message)),
  inside('anywhere', (facts) => [...headerValues(facts), ...given(facts.message?.text), ...htmlOf(facts.message)]),
  inside('attachment', ({ message }) => (message?.attachments ?? []).map(({ name }) => name)),
  inside('attachmentType', ({ message }) => (message?.attachments ?? []).map(({ type }) => type)),
  inside('url', ({ message }) => message?.urls ?? []),
];

/** `header X-Mailer` */
export function headerField(name: string): TextField {
  const lower = name.toLowerCase();
  return inside(`header ${name}`, ({ message }) => message?.header(lower) ?? []);
}

export function lastLinesField(count: number): TextField {
  return inside(`last ${count} lines`, ({ message }) => given(message?.lastLines(count)));
}

/** What the sender wrote; what servers on the way put on top names us without anybody meaning it. */
function headerValues({ message }: RuleFacts): readonly string[] {
  return (message?.headerFields ?? []).filter(({ name }) => !isTrace(name)).map(({ value }) => value);
}

function tried({ hook, credentials }: RuleFacts, part: 'user' | 'password'): readonly string[] {
  const asked = hook === 'auth' ? credentials.slice(-1) : credentials;
  return asked.flatMap((each) => given(each[part]));
}

/** Most messages have none, which is not the same as an empty one. */
function htmlOf(message: MessageView | undefined): readonly string[] {
  return message === undefined || message.html === '' ? [] : [message.html];
}

function given(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}
