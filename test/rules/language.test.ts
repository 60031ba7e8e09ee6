import { describe, expect, it } from 'vitest';
import { DocumentFault } from '../../src/lib/document/faults.ts';
import { readRules } from '../../src/lib/rules/read/read-rules.ts';
import { file } from './support.ts';

function faultsOf(text: string): readonly string[] {
  try {
    readRules(text, file);
    return [];
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(DocumentFault);
    expect((thrown as DocumentFault).exit).toBe(2);
    return (thrown as DocumentFault).message.split('\n');
  }
}

const rule = (rest: string) => `version: 1\nrules:\n  - name: it\n    kind: probe\n${rest}`;

describe('a file of rules', () => {
  it('is read with everything in it', () => {
    const { rules, revision } = readRules(
      rule(`    on: message
    priority: 5
    enabled: false
    expires: 2027-06-30
    comment: why
    tags: [a, b:c]
    when: { subject: { contains: x }, recipients: { atMost: 3 } }
    then:
      relay: true
      folder: probes/own
      reply: { default: 250 2.0.0 Ok, exim: '250 OK id={id}' }
      tarpit: 5s
      content: keep
      extractUrls: true
`),
      file,
    );
    expect(revision).toMatch(/^[0-9a-f]{12}$/);
    expect(rules).toHaveLength(1);
    const { condition, ...rest } = rules[0]!;
    expect(condition.words).toBe('subject contains "x" and recipients at most 3');
    expect(rest).toEqual({
      name: 'it',
      kind: 'probe',
      hook: 'message',
      priority: 5,
      enabled: false,
      expires: Date.parse('2027-07-01T00:00Z'),
      comment: 'why',
      tags: ['a', 'b:c'],
      place: 'rules.yml:3:5',
      effects: {
        rule: 'it',
        relay: true,
        folder: 'probes/own',
        content: 'keep',
        reply: { text: '250 2.0.0 Ok', byPersona: { exim: '250 OK id={id}' } },
        tarpit: 5000,
        extractUrls: true,
      },
    });
  });

  it('has another revision when a letter of it changes', () => {
    const text = rule('    on: connect\n    when: { tls: true }\n');
    expect(readRules(text, file).revision).not.toBe(readRules(`${text}#\n`, file).revision);
  });

  it('may be JSON, and may hold no rule', () => {
    expect(readRules('{"version": 1, "rules": []}', file).rules).toEqual([]);
  });
});

describe('every fault is named with its place', () => {
  it.each([
    ['', 'rules.yml: nothing is written here; write version: 1 and rules:'],
    ['- a', 'rules.yml:1:1: a list is not valid; write version: 1 and rules:'],
    ['version: 2\nrules: []', 'rules.yml:1:10: version: "2" is not valid; write 1, the only version that there is'],
    ['rules: []', 'rules.yml:1:1: version is missing; write version: 1'],
    ['version: 1', 'rules.yml:1:1: rules is missing; write rules: with a list of rules, or []'],
    ['version: 1\nrules: []\nrule: 1', 'rules.yml:3:1: rule: unknown key; did you mean rules?'],
    [
      rule('    on: mesage\n    when: { tls: true }'),
      'rules.yml:5:9: rules[0].on: "mesage" is not valid; write connect, helo, auth, mail, rcpt, rset or message; did you mean message?',
    ],
    [rule('    when: { tls: true }'), 'rules.yml:3:5: rules[0]: on missing'],
    [
      rule('    on: message\n    when: {}'),
      'rules.yml:6:11: rules[0].when: nothing is asked here; write conditions such as {subject: {mentions: own-address}}',
    ],
    [
      rule('    on: message\n    when: { any: [] }'),
      'rules.yml:6:18: rules[0].when.any: nothing is asked here; write a list of conditions',
    ],
    [
      rule('    on: message\n    when: { subjekt: { contains: x } }'),
      'rules.yml:6:13: rules[0].when.subjekt: unknown key; did you mean subject?',
    ],
    [
      rule('    on: message\n    when: { subject: { contain: x } }'),
      'rules.yml:6:24: rules[0].when.subject.contain: unknown key; did you mean contains?',
    ],
    [
      rule('    on: helo\n    when: { subject: { contains: x } }'),
      'rules.yml:6:13: rules[0].when.subject: is not known yet at the hook helo; write it in a rule on message',
    ],
    [
      rule('    on: mail\n    when: { none: [{ recipients: { is: 1 } }] }'),
      'rules.yml:6:22: rules[0].when.none[0].recipients: is not known yet at the hook mail; write it in a rule on rcpt or later',
    ],
    [
      rule('    on: connect\n    when: { firstSeen: [peer, sender] }'),
      'rules.yml:6:13: rules[0].when.firstSeen: is not known yet at the hook connect; write it in a rule on mail or later',
    ],
    [
      rule('    on: helo\n    when: { tls: true }\n    then: { relay: true }'),
      'rules.yml:7:20: rules[0].then.relay: is for messages, and this rule is asked on helo; write it in a rule on message',
    ],
    [
      rule('    on: message\n    when: { subject: { regex: "(" } }'),
      'rules.yml:6:31: rules[0].when.subject.regex: is no regular expression of RE2: missing closing ): `(`',
    ],
    [
      rule('    on: message\n    when: { text: { regex: "(?=a)" } }'),
      'rules.yml:6:28: rules[0].when.text.regex: is no regular expression of RE2: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      rule('    on: message\n    when: { text: { regex: "x{1,1000}" } }'),
      'rules.yml:6:28: rules[0].when.text.regex: is too large: repetitions such as {1,1000} count as often as they may repeat',
    ],
    [
      rule('    on: message\n    when: { text: { mentions: own-adress } }'),
      'rules.yml:6:31: rules[0].when.text.mentions: "own-adress" is not valid; write own-address, own-host, tried-credentials, tried-user or tried-password; did you mean own-address?',
    ],
    [
      rule('    on: message\n    when: { text: { script: Klingon } }'),
      'rules.yml:6:29: rules[0].when.text.script: "Klingon" is not valid; write the name of a script in Unicode, such as Cyrillic, Han or Greek',
    ],
    [
      rule('    on: message\n    when: { size: { atMost: big } }'),
      'rules.yml:6:29: rules[0].when.size.atMost: "big" is not valid; write a size such as 2 KiB',
    ],
    [
      rule('    on: message\n    when: { urls: { atLeast: 3, atMost: 2 } }'),
      'rules.yml:6:19: rules[0].when.urls: can never hold',
    ],
    [
      rule('    on: connect\n    when: { peer: { in: 192.0.2.1/24 } }'),
      'rules.yml:6:25: rules[0].when.peer.in: 192.0.2.1/24 has host bits; its network is 192.0.2.0/24',
    ],
    [
      rule('    on: message\n    when: { tls: yes }'),
      'rules.yml:6:18: rules[0].when.tls: "yes" is not valid; write true or false',
    ],
    [
      rule('    on: message\n    when: { tls: true }\n    then: { reply: hello }'),
      'rules.yml:7:20: rules[0].then.reply: "hello" is not valid; write a reply such as "550 5.7.1 No", with a hyphen behind the code on all lines but the last, or default and personas',
    ],
    [
      rule('    on: message\n    when: { tls: true }\n    then: { reply: { exim: 250 Ok } }'),
      'rules.yml:7:20: rules[0].then.reply: has no default; write default: with the reply of all other personas',
    ],
    [
      rule('    on: message\n    when: { tls: true }\n    then: { folder: ../x }'),
      'rules.yml:7:21: rules[0].then.folder: "../x" is not valid; write a folder of letters, digits, blanks, - and _, with / between a folder and the one within',
    ],
    [
      rule('    on: message\n    when: { tls: true }\n    then: { relay: true, content: drop }'),
      'rules.yml:7:20: rules[0].then.relay: cannot go with content: drop, for then there is nothing to relay',
    ],
    [
      rule('    on: message\n    when: { tls: true }\n    expires: 2027-06-31'),
      'rules.yml:7:14: rules[0].expires: "2027-06-31" is not valid; write a day such as 2027-06-30, or a time such as 2027-06-30T12:00Z',
    ],
    ['version: 1\nrules:\n\t- x', 'rules.yml:3:1: a tab is used as indentation; YAML takes only spaces'],
  ])('of %j', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it('all of them at once', () => {
    const one = `  - { name: a, kind: spam, on: message, when: { subject: { contain: x } } }\n`;
    const two = `  - { name: b, kind: spum, on: message, when: { text: { regex: "[" } } }\n`;
    const three = `  - { name: c, kind: spam, on: connect, when: { tls: true } }\n`;
    const faults = faultsOf(`version: 1\nrules:\n${one}${two}${three}${three}`);
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'rules.yml:3:60:',
      'rules.yml:4:22:',
      'rules.yml:4:64:',
      'rules.yml:6:5:',
    ]);
    expect(faults.at(-1)).toContain('is also the name of the rule at rules.yml:5:5');
  });

  it('and nothing in it reaches a terminal', () => {
    expect(faultsOf(rule('    on: "\\e]0;x\\a"\n    when: { tls: true }')).join('')).not.toMatch(/\p{Cc}/u);
  });
});
