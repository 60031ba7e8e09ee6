import { readRules } from '../../src/lib/rules/read/read-rules.ts';
import type { RuleFacts } from '../../src/lib/rules/facts.ts';
import { type MessageView, viewMessage } from '../../src/lib/mime/message-view.ts';
import { compileRules, type RuleSet } from '../../src/lib/rules/rule-set.ts';
import type { RuleSurroundings } from '../../src/lib/rules/surroundings.ts';

export const surroundings: RuleSurroundings = {
  ownAddresses: () => ['192.168.1.1', '2001:db8::c0a8:101'],
  ownHosts: () => ['mail.example.org', 'localhost'],
  now: () => Date.parse('2027-01-01T00:00Z'),
};

/** A message as it lies in memory while it comes, lines ended as on the wire. */
export function view(text: string | Buffer): MessageView {
  const bytes = typeof text === 'string' ? Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'utf8') : text;
  return viewMessage({ head: bytes.subarray(0, 384 * 1024), tail: bytes.subarray(-64 * 1024), size: bytes.length });
}

export function messageFacts(message: string | Buffer, more: Partial<RuleFacts> = {}): RuleFacts {
  const seen = view(message);
  return { ...sessionFacts, hook: 'message', size: seen.size, message: seen, ...more };
}

export const sessionFacts: RuleFacts = {
  hook: 'helo',
  peer: '192.0.2.7',
  helo: 'client.example.net',
  protocol: 'ESMTP',
  tls: false,
  credentials: [],
  from: 'sender@example.net',
  to: ['victim@example.com'],
  counts: { commands: 4, errors: 0, messages: 0 },
};

export const file = { shown: 'rules.yml', folder: '.' };

export function rulesOf(text: string, more: Partial<RuleSurroundings> = {}): RuleSet {
  return compileRules(readRules(text, file), { ...surroundings, ...more });
}

/** One rule with this condition, in one line of YAML. */
export function ruleWith(when: string, { on = 'message', effects = '{}' } = {}): RuleSet {
  return rulesOf(`version: 1\nrules:\n  - { name: it, kind: probe, on: ${on}, when: ${when}, then: ${effects} }\n`);
}

export function matches(set: RuleSet, facts: RuleFacts): readonly string[] {
  return set.judge(facts).matches.map(({ rule }) => rule);
}
