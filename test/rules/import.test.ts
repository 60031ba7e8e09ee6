import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importRules } from '../../src/lib/rules/import/import-rules.ts';
import { readRules } from '../../src/lib/rules/read/read-rules.ts';
import { file, matches, messageFacts, rulesOf, sessionFacts } from './support.ts';

const look = {
  __RuleObjVersion__: 1,
  enabled: true,
  priority: 100,
  save_msg: true,
  relay: false,
  mailbox_folder: '',
  return_code: 250,
  return_code_str: '250 OK',
  code_on_init: '',
  code_on_msg: '',
};

const conditionsOf = (list: string, ...conditions: readonly string[]) =>
  importRules(JSON.stringify({ [list]: [{ ...look, name: 'it', rule_type: 10, conditions }] }));

describe('a file of another system', () => {
  const imported = importRules(
    JSON.stringify(
      {
        DATA: [
          {
            ...look,
            name: 'own IP',
            rule_type: 10,
            relay: true,
            conditions: ["lambda msg: 'TEST-EMAIL' in msg['Subject'] or GlobalConfig.IPV4 in msg['Subject']"],
          },
          {
            ...look,
            name: 'stupid/spam',
            rule_type: 50,
            priority: 50,
            save_msg: false,
            conditions: [
              "lambda msg: msg['From'].startswith('Evil')",
              "lambda msg: msg['Subject'].startswith('=?UTF-8?B?4pyF')",
              'lambda msg: any(x in msg for x in words)',
            ],
          },
          {
            ...look,
            name: 'own IP',
            rule_type: 'PHISH',
            enabled: false,
            mailbox_folder: 'phish',
            conditions: ["lambda m: m['X-Phish'] is not None"],
          },
          {
            ...look,
            name: 'coded',
            rule_type: 100,
            save_msg: false,
            code_on_msg: 'lambda: 1',
            conditions: ['lambda m: exec("rm")'],
          },
        ],
        AUTH: [],
        RSET: [
          {
            ...look,
            name: 'lol',
            rule_type: 10,
            return_code_str: '200 LOL',
            conditions: ["lambda session, envelope, host: host == 'x'"],
          },
        ],
        EHLO: [
          {
            ...look,
            name: 'ehlo',
            rule_type: 10,
            return_code_str: '451 no',
            conditions: ["lambda s, e, h: h.find('bad') != -1"],
          },
        ],
      },
      undefined,
      4,
    ),
  );

  it('becomes rules that hold', () => {
    const { rules } = readRules(imported.text, file);
    const told = rules.map(({ name, kind, hook, priority, enabled, condition, effects }) => ({
      name,
      kind,
      hook,
      priority,
      enabled,
      effects,
      when: condition.words,
    }));
    expect(told).toEqual([
      {
        name: 'own IP',
        kind: 'probe',
        hook: 'message',
        priority: 100,
        enabled: true,
        effects: { rule: 'own IP', relay: true },
        when: 'subject contains "TEST-EMAIL" or subject mentions own-address',
      },
      {
        name: 'stupid spam',
        kind: 'spam',
        hook: 'message',
        priority: 50,
        enabled: true,
        effects: { rule: 'stupid spam', content: 'drop' },
        when: 'from starts with "Evil" or subject starts with "✅"',
      },
      {
        name: 'own IP 2',
        kind: 'phish',
        hook: 'message',
        priority: 100,
        enabled: false,
        effects: { rule: 'own IP 2', folder: 'phish' },
        when: 'header X-Phish is present',
      },
      {
        name: 'lol',
        kind: 'probe',
        hook: 'rset',
        priority: 100,
        enabled: true,
        effects: { rule: 'lol', reply: { text: '200 LOL', byPersona: {} } },
        when: 'helo is "x"',
      },
      {
        name: 'ehlo',
        kind: 'probe',
        hook: 'helo',
        priority: 100,
        enabled: true,
        effects: { rule: 'ehlo', reply: { text: '451 no', byPersona: {} } },
        when: 'helo contains "bad"',
      },
    ]);
    const set = rulesOf(imported.text);
    expect(matches(set, messageFacts('Subject: 192.168.1.1\n\n'))).toEqual(['own IP']);
    expect(matches(set, { ...sessionFacts, helo: 'a bad one' })).toEqual(['ehlo']);
    expect(matches(set, { ...sessionFacts, helo: 'a BAD one' })).toEqual([]);
  });

  it('has what could not be translated told with its reason', () => {
    expect(imported.translated).toContainEqual({ rule: 'stupid/spam', conditions: 2 });
    expect(imported.untranslated).toEqual([
      { rule: 'stupid/spam', reason: 'lambda msg: any(x in msg for x in words) is more than a simple condition' },
      { rule: 'coded', reason: 'lambda m: exec("rm"): it looks at something that rules do not know' },
    ]);
  });
});

describe('a condition is translated', () => {
  it.each([
    ["lambda msg: 'x' in msg['Subject']", 'subject contains "x"'],
    ["lambda msg: 'x' in str(msg['Subject']).lower()", 'subject contains "x"'],
    ["lambda msg: 'x' not in msg.get('To', '')", 'not (header To contains "x")'],
    ["lambda msg: msg['From'].endswith(('a', \"b\"))", 'from ends with "a" or "b"'],
    ["lambda msg: msg['From'].find('a') == 0", 'from starts with "a"'],
    ["lambda msg: msg['From'].find('a') >= 0", 'from contains "a"'],
    ["lambda msg: msg['From'].find('a') == -1", 'not (from contains "a")'],
    ["lambda msg: 'a' == msg['From']", 'from is "a"'],
    ["lambda msg: msg['From'] != 'a'", 'not (from is "a")'],
    ["lambda msg: msg['From'] in ['a', 'b']", 'from is "a" or "b"'],
    ["lambda msg: not msg['X-A'] and (msg['X-B'] is None)", 'not (header X-A is present) and header X-B is absent'],
    ["lambda msg: 'it\\'s' in msg['Subject']", 'subject contains "it\'s"'],
    ["lambda msg: re.search(r'^a\\d+', msg['Subject'], re.I)", 'subject matches "^a\\d+"'],
    ["lambda msg: re.match('a', msg['Subject'])", 'subject matches "^(?:a)"'],
    ["lambda msg: str(RH.IPV4) in msg['X-SpamInfo']", 'header X-SpamInfo mentions own-address'],
    ["lambda msg: 'a@b' in msg['X-MailFrom']", 'sender contains "a@b"'],
    ["lambda msg: 'a@b' in msg['X-RcptTo']", 'recipient is "a@b"'],
    ["lambda msg: '192.0.2.1' in msg['X-Peer']", 'peer is in 192.0.2.1/32'],
    ["lambda s, e, m: e.mail_from == 'a'", 'sender is "a"'],
    ["lambda session, envelope, msg: session.peer[0] == '192.0.2.1'", 'peer is in 192.0.2.1/32'],
    ["lambda msg: 'x' in msg.get_payload()", 'text contains "x"'],
  ])('%s → %s', (source, words) => {
    const { text, untranslated } = conditionsOf('DATA', source);
    expect(untranslated).toEqual([]);
    expect(readRules(text, file).rules[0]?.condition.words).toBe(words);
  });

  it.each([
    "lambda msg: __import__('os').system('id')",
    "lambda msg: open('/etc/passwd').read()",
    'lambda msg: [x for x in msg]',
    "lambda msg: msg['Subject'][0] == 'x'",
    "lambda msg: len(msg['Subject']) > 5",
    "lambda msg: 'x' in msg['Subject'] if True else False",
    "lambda msg: re.search('(?=x)', msg['Subject'])",
    "lambda msg: '1.2.' in msg['X-Peer']",
    "lambda msg: msg['A'] + msg['B'] == 'x'",
    "lambda msg: f'{x}' in msg['Subject']",
    'def f(msg): return True',
    'lambda msg: (lambda: 1)()',
    "lambda msg: 'unterminated",
    '',
  ])('or told to be none of ours: %s', (source) => {
    const { text, untranslated, translated } = conditionsOf('DATA', source);
    expect(translated).toEqual([]);
    expect(untranslated).toHaveLength(1);
    expect(readRules(text, file).rules).toEqual([]);
  });
});

it('what is no such file is refused', () => {
  expect(() => importRules('{')).toThrow('no rules.json');
  expect(() => importRules('[]')).toThrow('none of the lists');
});

it('whatever it holds, the outcome is a file of rules', () => {
  const piece = fc.constantFrom(
    "'x'",
    'in',
    'msg',
    "['Subject']",
    '.find(',
    ')',
    '==',
    '-1',
    'and',
    'not',
    '(',
    '"',
    '\\',
    'or',
    ':',
    'lambda msg:',
  );
  const source = fc.array(piece, { maxLength: 20 }).map((pieces) => `lambda msg: ${pieces.join(' ')}`);
  const rule = fc.record(
    {
      name: fc.string({ unit: 'binary' }),
      rule_type: fc.oneof(fc.integer(), fc.string()),
      priority: fc.oneof(fc.integer(), fc.double()),
      conditions: fc.oneof(
        fc.array(source, { maxLength: 3 }),
        fc.array(fc.string().map((text) => `lambda msg: ${JSON.stringify(text)} in msg['Subject']`)),
      ),
      mailbox_folder: fc.string(),
      return_code_str: fc.string(),
      save_msg: fc.boolean(),
      relay: fc.boolean(),
    },
    { requiredKeys: ['conditions'] },
  );
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 4 }), (rules) => {
      const { text, translated } = importRules(JSON.stringify({ DATA: rules }));
      expect(readRules(text, file).rules).toHaveLength(translated.length);
    }),
    { numRuns: 500 },
  );
});
