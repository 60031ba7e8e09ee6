import type { RuleHook, RuleKind } from '../../capture/rule-match.ts';

/** A rule of FakeOpenSmtpRelay as far as it is understood. */
export interface ForeignRule {
  readonly name: string;
  readonly hook: RuleHook;
  readonly kind: RuleKind;
  readonly priority: number;
  readonly enabled: boolean;
  /** Any of them is enough. */
  readonly conditions: readonly string[];
  readonly saves: boolean;
  readonly folder: string;
  readonly relays: boolean;
  readonly reply: string;
  readonly hasCode: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

export const foreignHooks: Readonly<Record<string, RuleHook>> = {
  DATA: 'message',
  AUTH: 'auth',
  RSET: 'rset',
  EHLO: 'helo',
};

export function foreignRule(fields: Fields, hook: RuleHook, number: number): ForeignRule {
  return {
    name: textAt(fields, 'name') || `${hook} ${number}`,
    hook,
    kind: kindOf(fields['rule_type']),
    priority: priorityOf(fields['priority']),
    enabled: fields['enabled'] !== false,
    conditions: conditionsIn(fields['conditions']),
    saves: fields['save_msg'] !== false,
    folder: textAt(fields, 'mailbox_folder'),
    relays: fields['relay'] === true,
    reply: textAt(fields, 'return_code_str'),
    hasCode: textAt(fields, 'code_on_init') !== '' || textAt(fields, 'code_on_msg') !== '',
  };
}

const usualPriority = 100;
const farthestPriority = 1e9;

function priorityOf(value: unknown): number {
  const isOne = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= farthestPriority;
  return isOne ? value : usualPriority;
}

function textAt(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
}

function conditionsIn(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === 'string');
}

/** A number, or its name in whatever form it was dumped. */
function kindOf(value: unknown): RuleKind {
  const written = JSON.stringify(value ?? '').toUpperCase();
  const kinds: readonly (readonly [RegExp, RuleKind])[] = [
    [/PROBE|\b10\b/, 'probe'],
    [/SPAM|\b50\b/, 'spam'],
    [/PHISH|\b100\b/, 'phish'],
    [/MALWARE|\b500\b/, 'malware'],
  ];
  return kinds.find(([pattern]) => pattern.test(written))?.[1] ?? 'note';
}
