import type { RuleHook } from '../../capture/rule-match.ts';
import type { RuleFacts } from '../facts.ts';

/** Something that a rule compares with numbers. */
export interface CountField {
  readonly name: string;
  readonly since: RuleHook;
  readonly looksInside: boolean;
  readonly unit: 'count' | 'bytes';
  value(facts: RuleFacts): number | undefined;
}

const session = (name: string, since: RuleHook, value: CountField['value']): CountField => ({
  name,
  since,
  looksInside: false,
  unit: 'count',
  value,
});

export const countFields: readonly CountField[] = [
  session('commands', 'connect', ({ counts }) => counts.commands),
  session('errors', 'connect', ({ counts }) => counts.errors),
  session('messages', 'connect', ({ counts }) => counts.messages),
  session('recipients', 'rcpt', ({ to }) => to.length),
  { ...session('size', 'message', ({ size }) => size), unit: 'bytes' },
  { ...session('attachments', 'message', ({ message }) => message?.attachments.length), looksInside: true },
  { ...session('urls', 'message', ({ message }) => message?.urls.length), looksInside: true },
];
