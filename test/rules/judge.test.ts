import { describe, expect, it } from 'vitest';
import type { RuleFacts } from '../../src/lib/rules/facts.ts';
import { SeenMemory } from '../../src/lib/rules/seen-memory.ts';
import { matches, messageFacts, rulesOf, ruleWith, sessionFacts } from './support.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a condition holds', () => {
  const message = [
    'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= from HERE',
    'From: "Some One" <one@example.net>',
    'To: One <ONE@example.net>',
    'Cc: three@example.com',
    'X-Mailer: Thing 1.0',
    'Content-Type: text/html',
    '',
    '<p>Hello <b>you</b>, see http://link.example/a</p>',
  ].join('\n');

  it.each([
    ['{ subject: { contains: grüsse } }', false],
    ['{ subject: { contains: GRÜßE } }', true],
    ['{ subject: { contains: grüße, caseSensitive: true } }', false],
    ['{ subject: { equals: grüße from here } }', true],
    ['{ subject: { starts: [x, grü] } }', true],
    ['{ subject: { ends: here } }', true],
    ['{ subject: { regex: "^gr.*here$" } }', true],
    ['{ subject: { regex: "^gr.*here$", caseSensitive: true } }', false],
    ['{ subject: { regex: "(?i)FROM", caseSensitive: true } }', true],
    ['{ subject: { regex: "FROM here", caseSensitive: true } }', false],
    ['{ subject: { contains: [no, from], ends: there } }', false],
    ['{ subject: { script: Latin } }', true],
    ['{ subject: { script: [Cyrillic, Greek] } }', false],
    ['{ header X-MAILER: { contains: thing } }', true],
    ['{ header X-Spam: { present: false } }', true],
    ['{ header X-Mailer: { present: false } }', false],
    ['{ header X-Mailer: { present: true, starts: thing } }', true],
    ['{ to: { contains: three@ } }', true],
    ['{ from: { contains: someone else } }', false],
    ['{ text: { contains: hello you } }', true],
    ['{ text: { contains: "<b>" } }', false],
    ['{ html: { contains: "<b>" } }', true],
    ['{ anywhere: { contains: [three@example.com] } }', true],
    ['{ lastLines: { lines: 1, contains: link.example } }', true],
    ['{ url: { ends: /a } }', true],
    ['{ urls: { is: 1 } }', true],
    ['{ attachments: { is: 0 } }', true],
    ['{ attachment: { ends: .exe } }', false],
    ['{ sender: { equals: sender@example.net } }', true],
    ['{ recipient: { ends: example.com } }', true],
    ['{ recipients: { atLeast: 2 } }', false],
    ['{ size: { atMost: 1 KiB } }', true],
    ['{ size: { atLeast: 1 KiB } }', false],
    ['{ errors: { is: 0 }, commands: { atLeast: 4 } }', true],
    ['{ peer: { in: [198.51.100.0/24, 192.0.2.0/24] } }', true],
    ['{ peer: { is: 192.0.2.8 } }', false],
    ['{ helo: { starts: client } }', true],
    ['{ protocol: { equals: ESMTP } }', true],
    ['{ tls: false }', true],
    ['{ user: { contains: x } }', false],
    ['{ sameAddress: [from, to] }', false],
    ['{ sameAddress: [sender, recipient] }', false],
    ['{ firstSeen: peer }', true],
    ['{ any: [{ tls: true }, { subject: { contains: from } }] }', true],
    ['{ all: [{ tls: false }, { subject: { contains: nothing } }] }', false],
    ['{ none: [{ tls: true }, { subject: { contains: nothing } }] }', true],
    ['{ none: [{ any: [{ tls: false }] }] }', false],
  ])('%s: %s', (when, holds) => {
    expect(matches(ruleWith(when), messageFacts(message))).toEqual(holds ? ['it'] : []);
  });

  it('for one value of several, which has to meet all that is asked', () => {
    const set = ruleWith('{ recipient: { starts: a, ends: com } }');
    expect(matches(set, messageFacts(message, { to: ['a@x.org', 'b@x.com'] }))).toEqual([]);
    expect(matches(set, messageFacts(message, { to: ['b@x.org', 'a@x.com'] }))).toEqual(['it']);
  });

  it('at the hooks rcpt and auth for what is being given, and later for all that was', () => {
    const credentials = ['first', 'second'].map((user) => ({ mechanism: 'LOGIN', accepted: false, user }));
    const facts = { ...sessionFacts, credentials, to: ['first@x.org', 'second@x.org'] };
    for (const [hook, field] of [
      ['rcpt', 'recipient'],
      ['auth', 'user'],
    ] as const) {
      const first = `{ ${field}: { starts: first } }`;
      expect(matches(ruleWith(first, { on: hook }), { ...facts, hook })).toEqual([]);
      expect(matches(ruleWith(first), { ...facts, hook: 'message' })).toEqual(['it']);
    }
  });

  it('between addresses, however they are written', () => {
    const set = ruleWith('{ sameAddress: [from, to] }');
    const from = 'From: "Me" <me@example.net>\n';
    expect(matches(set, messageFacts(`${from}To: ME@example.net\n\n`))).toEqual(['it']);
    expect(matches(set, messageFacts(`${from}To: me@example.net, you@example.net\n\n`))).toEqual([]);
    expect(matches(set, messageFacts(`${from}\n`))).toEqual([]);
  });
});

describe('the acceptance tests of probes', () => {
  const mentions = ruleWith('{ anywhere: { mentions: [own-address, own-host, tried-credentials] } }');

  it.each([
    ['an encoded word', `Subject: =?utf-8?B?${base64('é BC_192.168.1.1')}?=\n\n`],
    ['8 bits', Buffer.from('Subject: t\xe9st 192.168.1.1\r\n\r\n', 'latin1')],
    ['the text', 'Subject: x\n\nI am 192.168.1.1 here'],
    ['a base64 body', `Content-Transfer-Encoding: base64\n\n${base64('host=192.168.1.1')}\n`],
    ['base64 that nobody declared', `Subject: x\n\n${base64('host=192.168.1.1')}\n`],
    ['a body in quoted-printable', 'Content-Transfer-Encoding: quoted-printable\n\n192=2E168=\n=2E1=2E1\n'],
    ['IPv6', 'Subject: [2001:DB8:0:0::C0A8:101]\n\n'],
    ['a host name', 'Subject: x\n\nrelay MAIL.example.org works'],
    ['a header', 'X-Info: 192.168.1.1\n\n'],
    ['a Message-ID', 'Message-ID: <1@[192.168.1.1]>\n\n'],
    ['HTML', 'Content-Type: text/html\n\n<b>192</b>.168.1.1'],
    ['an attribute', 'Content-Type: text/html\n\n<img alt="192.168.1.1">'],
  ])('recognise it in %s', (_where, message) => {
    expect(matches(mentions, messageFacts(message))).toEqual(['it']);
  });

  it('do not take a trace header of a server on the way for a mention', () => {
    expect(matches(mentions, messageFacts('Received: by mail.example.org for 192.168.1.1\n\n'))).toEqual([]);
  });

  it('do not take 11.2.3.45 for 1.2.3.4', () => {
    const set = rulesOf(
      '{version: 1, rules: [{name: it, kind: probe, on: message, when: {subject: {mentions: own-address}}}]}',
      {
        ownAddresses: () => ['1.2.3.4'],
      },
    );
    expect(matches(set, messageFacts('Subject: 11.2.3.45\n\n'))).toEqual([]);
    expect(matches(set, messageFacts('Subject: 1.2.3.4\n\n'))).toEqual(['it']);
  });

  it('follow an address that changes', () => {
    let own = ['192.0.2.1'];
    const set = rulesOf(
      '{version: 1, rules: [{name: it, kind: probe, on: message, when: {subject: {mentions: own-address}}}]}',
      {
        ownAddresses: () => own,
      },
    );
    const facts = messageFacts('Subject: 192.0.2.2\n\n');
    expect(matches(set, facts)).toEqual([]);
    own = ['192.0.2.2'];
    expect(matches(set, facts)).toEqual(['it']);
  });

  it('say why, in words, with what was found cut short', () => {
    const [match] = ruleWith('{ subject: { mentions: own-address }, recipients: { is: 1 } }').judge(
      messageFacts(`Subject: ${'x'.repeat(100)} C0A80101\n\n`),
    ).matches;
    expect(match).toEqual({
      rule: 'it',
      kind: 'probe',
      hook: 'message',
      because: `subject "${'x'.repeat(60)}…" mentions own-address "192.168.1.1" as one hexadecimal number ("C0A80101"); recipients 1`,
    });
  });

  it('know the credentials that were tried in this session', () => {
    const credentials = [{ mechanism: 'LOGIN', accepted: true, user: 'scanner', password: 'hunter22' }];
    const facts = messageFacts('Subject: ok\n\n25:scanner:hunter22', { credentials });
    expect(matches(mentions, facts)).toEqual(['it']);
    expect(matches(mentions, { ...facts, credentials: [] })).toEqual([]);
  });
});

describe('of all that match', () => {
  const set = rulesOf(`version: 1
rules:
  - { name: late, kind: note, on: helo, priority: 200, tags: [c, a], when: { tls: false }, then: { tarpit: 1s } }
  - { name: second, kind: note, on: helo, tags: [b], when: { tls: false }, then: { tarpit: 2s } }
  - { name: third, kind: note, on: helo, when: { tls: false } }
  - { name: first, kind: spam, on: helo, priority: -1, tags: [a], when: { tls: false }, then: { tarpit: 3s } }
  - { name: off, kind: spam, on: helo, priority: -2, enabled: false, when: { tls: false } }
  - { name: gone, kind: spam, on: helo, priority: -2, expires: 2026-12-30, when: { tls: false } }
  - { name: last day, kind: spam, on: mail, expires: 2026-12-31, when: { tls: false } }
  - { name: today, kind: spam, on: rset, expires: 2027-01-01, when: { tls: false } }
`);

  it('the first by priority decides, and all are told in their order', () => {
    const { matches, effects, tags } = set.judge(sessionFacts);
    expect(matches.map(({ rule }) => rule)).toEqual(['first', 'second', 'third', 'late']);
    expect(effects).toEqual({ rule: 'first', tarpit: 3000 });
    expect(tags).toEqual(['a', 'b', 'c']);
  });

  it('none is disabled or expired', () => {
    expect(set.asks('helo')).toBe(true);
    expect(set.asks('mail')).toBe(false);
    expect(set.asks('rset')).toBe(true);
    expect(set.asks('message')).toBe(false);
    expect(set.judge({ ...sessionFacts, hook: 'mail' }).matches).toEqual([]);
  });
});

it('a message is looked into only when a rule asks for what is inside', () => {
  const looks = (when: string, effects = '{}') => ruleWith(when, { effects }).looksInside;
  expect(looks('{ size: { atMost: 1k }, sender: { contains: x } }')).toBe(false);
  expect(looks('{ any: [{ tls: true }, { none: [{ subject: { contains: x } }] }] }')).toBe(true);
  expect(looks('{ tls: true }', '{ extractUrls: true }')).toBe(true);
  expect(ruleWith('{ tls: true }', { on: 'helo' }).looksInside).toBe(false);
});

describe('who comes for the first time', () => {
  const first = (facts: RuleFacts, when: string, seen = new SeenMemory()) => {
    const text = `{version: 1, rules: [{name: it, kind: note, on: ${facts.hook}, when: {firstSeen: ${when}}}]}`;
    return { set: rulesOf(text, { seen }), seen };
  };

  it('is known the second time, each hook for itself, also to the next set of rules', () => {
    const { set, seen } = first(sessionFacts, 'peer');
    expect(matches(set, sessionFacts)).toEqual(['it']);
    expect(matches(set, sessionFacts)).toEqual([]);
    expect(matches(set, { ...sessionFacts, peer: '192.0.2.8' })).toEqual(['it']);
    expect(matches(first(sessionFacts, 'peer', seen).set, sessionFacts)).toEqual([]);
    expect(matches(first(sessionFacts, 'network', seen).set, sessionFacts)).toEqual(['it']);
    expect(matches(first(sessionFacts, 'network', seen).set, { ...sessionFacts, peer: '192.0.2.9' })).toEqual([]);
  });

  it('is new to two rules alike', () => {
    const set = rulesOf(`version: 1
rules:
  - { name: a, kind: note, on: helo, when: { tls: true, firstSeen: peer } }
  - { name: b, kind: note, on: helo, when: { firstSeen: [peer, helo] } }
  - { name: c, kind: note, on: helo, when: { firstSeen: peer } }
`);
    expect(matches(set, sessionFacts)).toEqual(['b', 'c']);
    expect(matches(set, { ...sessionFacts, tls: true })).toEqual([]);
  });

  it('is forgotten when more have come since than are remembered', () => {
    const { set } = first(sessionFacts, 'peer', new SeenMemory(2));
    const visit = (peer: string) => matches(set, { ...sessionFacts, peer }).length;
    expect(['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3'].map(visit)).toEqual([1, 1, 0, 1]);
    expect(visit('192.0.2.1')).toBe(0);
    expect(visit('192.0.2.2')).toBe(1);
  });
});

it('an explanation tells of every rule what was found or what failed first', () => {
  const set = rulesOf(`version: 1
rules:
  - { name: a, kind: note, on: helo, when: { tls: false } }
  - { name: b, kind: note, on: helo, when: { helo: { starts: client }, protocol: { equals: SMTP } } }
  - { name: c, kind: note, on: helo, enabled: false, when: { tls: false } }
  - { name: d, kind: note, on: helo, when: { none: [{ tls: false }] } }
`);
  expect(set.explain(sessionFacts).map(({ rule, matches, why, idle }) => [rule.name, matches, why, idle])).toEqual([
    ['a', true, 'the session is not in TLS', undefined],
    ['b', false, 'not so: protocol is "SMTP" (it is "ESMTP")', undefined],
    ['c', true, 'the session is not in TLS', 'disabled'],
    ['d', false, 'unwanted: the session is not in TLS', undefined],
  ]);
});
